package io.socp.relay.testing;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Valid envelopes of each kind, by the actors; a test changes the one thing it is about. */
public final class Envelopes {

    /** The {@code ciphertext} of every message that is not about its text. */
    public static final String CIPHERTEXT = sealed("a text that only looks sealed");

    private Envelopes() {}

    /** Something to stand for sealed text. */
    public static String sealed(String text) {
        return Base64Url.encode(text.getBytes(StandardCharsets.UTF_8));
    }

    public static EnvelopeBuilder userHello(Person user) {
        return new EnvelopeBuilder("USER_HELLO")
                .from(user.id())
                .with("client", "test")
                .with("pubkey", user.key().text())
                .with("enc_pubkey", user.key().text())
                .signedBy(user.keys());
    }

    public static EnvelopeBuilder serverHelloJoin(Server server) {
        return greeting("SERVER_HELLO_JOIN", server);
    }

    public static EnvelopeBuilder serverHelloLink(Server server) {
        return greeting("SERVER_HELLO_LINK", server);
    }

    public static EnvelopeBuilder serverAnnounce(Server server) {
        return greeting("SERVER_ANNOUNCE", server);
    }

    public static EnvelopeBuilder serverWelcome(Server introducer, Server joiner) {
        return new EnvelopeBuilder("SERVER_WELCOME")
                .from(introducer.id())
                .to(joiner.id())
                .with("assigned_id", joiner.id().value())
                .with("servers", new JsonArray(List.of()))
                .with("pubkey", introducer.key().text())
                .signedBy(introducer.keys());
    }

    /** How a welcome lists this server. */
    public static JsonObject knownServer(Server server) {
        return JsonObject.builder()
                .put("server_id", server.id().value())
                .put("host", server.address().host())
                .put("port", server.address().port())
                .put("pubkey", server.key().text())
                .build();
    }

    public static EnvelopeBuilder heartbeat(Server server) {
        return new EnvelopeBuilder("HEARTBEAT").from(server.id()).signedBy(server.keys());
    }

    public static EnvelopeBuilder advertise(Server home, Person user) {
        return new EnvelopeBuilder("USER_ADVERTISE")
                .from(home.id())
                .with("user_id", user.id().value())
                .with("server_id", home.id().value())
                .with("pubkey", user.key().text())
                .with("meta", JsonObject.EMPTY)
                .signedBy(home.keys());
    }

    public static EnvelopeBuilder remove(Server home, Person user) {
        return new EnvelopeBuilder("USER_REMOVE")
                .from(home.id())
                .with("user_id", user.id().value())
                .with("server_id", home.id().value())
                .signedBy(home.keys());
    }

    /** Who has come to {@code home}, and who has left it. */
    public static EnvelopeBuilder presenceBatch(
            Server home, List<Person> added, List<Person> removed) {
        return presenceBatch(home, added, removed, VirtualClock.START_EPOCH_MS);
    }

    /** The same, all at this time. */
    public static EnvelopeBuilder presenceBatch(
            Server home, List<Person> added, List<Person> removed, long ts) {
        return new EnvelopeBuilder("PRESENCE_BATCH")
                .from(home.id())
                .ts(ts)
                .with("server_id", home.id().value())
                .with("ts", ts)
                .with("added", entries(added, ts, true))
                .with("removed", entries(removed, ts, false))
                .with("told", new JsonArray(List.of()))
                .signedBy(home.keys());
    }

    private static JsonArray entries(List<Person> people, long ts, boolean withKey) {
        return new JsonArray(
                people.stream().<JsonValue>map(person -> entry(person, ts, withKey)).toList());
    }

    private static JsonObject entry(Person person, long ts, boolean withKey) {
        JsonObject.Builder row =
                JsonObject.builder().put("user_id", person.id().value()).put("ts", ts);
        return (withKey ? row.put("pubkey", person.key().text()) : row).build();
    }

    public static EnvelopeBuilder msgDirect(Person author, Person recipient) {
        return sealed("MSG_DIRECT", author).to(recipient.id());
    }

    public static EnvelopeBuilder msgPublic(Person author) {
        return sealed("MSG_PUBLIC_CHANNEL", author).to("public");
    }

    public static EnvelopeBuilder serverDeliver(Server server, Person author, Person recipient) {
        return new EnvelopeBuilder("SERVER_DELIVER")
                .from(server.id())
                .with("user_id", recipient.id().value())
                .with("sender", author.id().value())
                .with("ciphertext", CIPHERTEXT)
                .with("sender_pub", author.key().text())
                .with("content_sig", "")
                .signedBy(server.keys());
    }

    public static EnvelopeBuilder userDeliver(Server server, Person author, Person recipient) {
        return serverDeliver(server, author, recipient)
                .type("USER_DELIVER")
                .to(recipient.id())
                .without("user_id");
    }

    public static EnvelopeBuilder fileStart(Person author, Object to) {
        return file("FILE_START", author, to)
                .with("name", "a.txt")
                .with("size", 12)
                .with("sha256", "00")
                .with("mode", "dm");
    }

    public static EnvelopeBuilder fileChunk(Person author, Object to) {
        return file("FILE_CHUNK", author, to).with("index", 0).with("ciphertext", CIPHERTEXT);
    }

    public static EnvelopeBuilder fileEnd(Person author, Object to) {
        return file("FILE_END", author, to);
    }

    public static EnvelopeBuilder channelAdd(Server server) {
        return new EnvelopeBuilder("PUBLIC_CHANNEL_ADD")
                .from(server.id())
                .with("add", new JsonArray(List.of()))
                .with("if_version", 1)
                .signedBy(server.keys());
    }

    public static EnvelopeBuilder channelUpdated(Server server) {
        return new EnvelopeBuilder("PUBLIC_CHANNEL_UPDATED")
                .from(server.id())
                .with("version", 2)
                .with("wraps", new JsonArray(List.of()))
                .signedBy(server.keys());
    }

    public static EnvelopeBuilder channelKeyShare(Server server) {
        return new EnvelopeBuilder("PUBLIC_CHANNEL_KEY_SHARE")
                .from(server.id())
                .with("shares", new JsonArray(List.of()))
                .with("creator_pub", "")
                .with("content_sig", "")
                .signedBy(server.keys());
    }

    public static EnvelopeBuilder error(Object from) {
        return new EnvelopeBuilder("ERROR")
                .from(from)
                .with("code", "USER_NOT_FOUND")
                .with("detail", "nobody");
    }

    public static EnvelopeBuilder ack(Object from) {
        return new EnvelopeBuilder("ACK").from(from).with("msg_ref", "1");
    }

    public static EnvelopeBuilder ctrlClose() {
        return new EnvelopeBuilder("CTRL_CLOSE");
    }

    public static EnvelopeBuilder userWelcome(Server server) {
        return new EnvelopeBuilder("USER_WELCOME")
                .from(server.id())
                .with("server_id", server.id().value())
                .with("pubkey", server.key().text())
                .with("ext", JsonObject.EMPTY)
                .signedBy(server.keys());
    }

    public static EnvelopeBuilder listRequest(Person user) {
        return new EnvelopeBuilder("LIST_REQUEST").from(user.id()).with("after", "");
    }

    public static EnvelopeBuilder listResponse(Server server) {
        return new EnvelopeBuilder("LIST_RESPONSE")
                .from(server.id())
                .with("users", new JsonArray(List.of()))
                .with("next", "");
    }

    public static EnvelopeBuilder pubkeyRequest(Person user, Person about) {
        return new EnvelopeBuilder("PUBKEY_REQUEST")
                .from(user.id())
                .with("user_id", about.id().value());
    }

    public static EnvelopeBuilder pubkeyResponse(Server server, Person about) {
        return new EnvelopeBuilder("PUBKEY_RESPONSE")
                .from(server.id())
                .with("user_id", about.id().value())
                .with("pubkey", about.key().text());
    }

    private static EnvelopeBuilder greeting(String type, Server server) {
        return new EnvelopeBuilder(type)
                .from(server.id())
                .with("host", server.address().host())
                .with("port", server.address().port())
                .with("pubkey", server.key().text())
                .signedBy(server.keys());
    }

    private static EnvelopeBuilder sealed(String type, Person author) {
        return new EnvelopeBuilder(type)
                .from(author.id())
                .with("ciphertext", CIPHERTEXT)
                .with("sender_pub", author.key().text())
                .contentSignedBy(author.keys())
                .signedBy(author.keys());
    }

    private static EnvelopeBuilder file(String type, Person author, Object to) {
        return new EnvelopeBuilder(type)
                .from(author.id())
                .to(to)
                .with("file_id", "file-1")
                .signedBy(author.keys());
    }
}
