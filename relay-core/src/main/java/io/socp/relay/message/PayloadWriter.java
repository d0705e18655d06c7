package io.socp.relay.message;

import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.message.ChannelMessage.PublicChannelAdd;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.PublicChannelUpdated;
import io.socp.relay.message.ChannelMessage.Wrap;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.ChatMessage.FileEnd;
import io.socp.relay.message.ChatMessage.FileStart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerAnnounce;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.NoticeMessage.Ack;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.QueryMessage.ForeignQuery;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.ListedUser;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SessionMessage.UserWelcome;
import java.util.List;
import java.util.function.Function;

/**
 * The payload of a message in the form we write: the standard's fields, and beside them optional
 * ones that help other implementations. The inverse of {@link MessageParser}.
 */
public final class PayloadWriter {

    private static final Payload EMPTY = Payload.of(JsonObject.EMPTY);

    private PayloadWriter() {}

    /** The payload of {@code message}, in canonical form. */
    public static Payload payload(SocpMessage message) {
        return switch (message) {
            case Greeting greeting -> greeting(greeting);
            case ServerWelcome welcome -> welcome(welcome);
            case Heartbeat _ -> EMPTY;
            case CtrlClose(Long retryMs) ->
                    retryMs == null ? EMPTY : of(JsonObject.builder().put("retry_ms", retryMs));
            case UserAdvertise advertise -> advertise(advertise);
            case UserRemove remove ->
                    of(
                            JsonObject.builder()
                                    .put("user_id", remove.user().value())
                                    .put("server_id", remove.server().value()));
            case PresenceBatch batch -> of(PresenceBatchForm.write(batch));
            case UserHello hello -> hello(hello);
            case UserWelcome welcome ->
                    of(
                            JsonObject.builder()
                                    .put("server_id", welcome.server().value())
                                    .put("pubkey", welcome.key().text())
                                    .put("ext", welcome.extensions()));
            case MsgDirect direct -> of(sealed(direct.sealed()));
            case MsgPublicChannel text -> of(sealed(text.sealed()));
            case ServerDeliver deliver ->
                    of(
                            sealed(deliver.sealed())
                                    .put("user_id", deliver.recipient().value())
                                    .put("sender", deliver.author().value()));
            case UserDeliver deliver -> of(fields(deliver));
            case FileStart start -> fileStart(start);
            case FileChunk chunk ->
                    of(
                            signed(chunk.contentSig())
                                    .put("file_id", chunk.fileId())
                                    .put("index", chunk.index())
                                    .put("ciphertext", chunk.ciphertext()));
            case FileEnd end -> of(signed(end.contentSig()).put("file_id", end.fileId()));
            case PublicChannelAdd add ->
                    of(
                            JsonObject.builder()
                                    .put("add", array(add.members(), JsonText::new))
                                    .put("if_version", add.ifVersion()));
            case PublicChannelUpdated updated ->
                    of(
                            JsonObject.builder()
                                    .put("version", updated.version())
                                    .put(
                                            "wraps",
                                            wraps(updated.wraps(), "member_id", "wrapped_key")));
            case PublicChannelKeyShare share ->
                    of(
                            JsonObject.builder()
                                    .put(
                                            "shares",
                                            wraps(
                                                    share.shares(),
                                                    "member",
                                                    "wrapped_public_channel_key"))
                                    .put("creator_pub", share.creatorPub())
                                    .put("content_sig", share.contentSig()));
            case Ack ack -> of(JsonObject.builder().put("msg_ref", ack.msgRef()));
            case ErrorNotice error ->
                    of(
                            JsonObject.builder()
                                    .put("code", error.code())
                                    .put("detail", error.detail()));
            case ListRequest request -> of(JsonObject.builder().put("after", request.after()));
            case ListResponse response ->
                    of(
                            JsonObject.builder()
                                    .put("users", array(response.users(), PayloadWriter::listed))
                                    .put("next", response.next()));
            case ForeignQuery query -> Payload.of(query.fields());
            case PubkeyRequest request ->
                    of(JsonObject.builder().put("user_id", request.user().value()));
            case PubkeyResponse response ->
                    of(
                            JsonObject.builder()
                                    .put("user_id", response.user().value())
                                    .put("pubkey", response.pubkey()));
        };
    }

    /** The members of a delivery's payload, for a reader who wants more or other ones. */
    public static JsonObject.Builder fields(UserDeliver deliver) {
        return sealed(deliver.sealed()).put("sender", deliver.author().value());
    }

    private static Payload greeting(Greeting greeting) {
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("host", greeting.address().host())
                        .put("port", greeting.address().port())
                        .put("pubkey", greeting.key().text());
        if (greeting instanceof ServerAnnounce) {
            // Not in the standard: some pass an announcement on only if it is there.
            fields.put("server_id", greeting.server().value());
        }
        if (greeting.extensions() != null) {
            fields.put("ext", greeting.extensions());
        }
        return of(fields);
    }

    private static Payload welcome(ServerWelcome welcome) {
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("servers", array(welcome.servers(), PayloadWriter::knownServer));
        if (welcome.assignedId() != null) {
            fields.put("assigned_id", welcome.assignedId().value());
        }
        if (welcome.key() != null) {
            fields.put("pubkey", welcome.key().text());
        }
        if (welcome.extensions() != null) {
            fields.put("ext", welcome.extensions());
        }
        return of(fields);
    }

    private static JsonValue knownServer(KnownServer known) {
        JsonObject.Builder row =
                JsonObject.builder()
                        .put("server_id", known.server().value())
                        .put("host", known.address().host())
                        .put("port", known.address().port())
                        .put("pubkey", known.key().text());
        if (known.address().overTls()) {
            row.put("ext", JsonObject.builder().put("tls", true).build());
        }
        return row.build();
    }

    /** The key stands in two places, since readers look in one of them (not in the standard). */
    private static Payload advertise(UserAdvertise advertise) {
        JsonObject.Builder meta = JsonObject.builder();
        advertise.meta().members().forEach(meta::put);
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("user_id", advertise.user().value())
                        .put("server_id", advertise.server().value());
        if (advertise.key() != null) {
            meta.put("pubkey", advertise.key().text());
            fields.put("pubkey", advertise.key().text());
        }
        return of(fields.put("meta", meta.build()));
    }

    private static Payload hello(UserHello hello) {
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("client", hello.client())
                        .put("pubkey", hello.key().text())
                        .put("enc_pubkey", hello.encryptionKey().text());
        if (hello.displayName() != null) {
            fields.put(
                    "meta", JsonObject.builder().put("display_name", hello.displayName()).build());
        }
        if (hello.extensions() != null) {
            fields.put("ext", hello.extensions());
        }
        return of(fields);
    }

    private static Payload fileStart(FileStart start) {
        return of(
                signed(start.contentSig())
                        .put("file_id", start.fileId())
                        .put("name", start.name())
                        .put("size", start.size())
                        .put("sha256", start.sha256())
                        .put("mode", start.mode()));
    }

    private static JsonObject.Builder sealed(SealedText sealed) {
        JsonObject.Builder fields = JsonObject.builder();
        sealed.others().members().forEach(fields::put);
        return fields.put("ciphertext", sealed.ciphertext())
                .put("sender_pub", sealed.senderPub())
                .put("content_sig", sealed.contentSig());
    }

    private static JsonObject.Builder signed(String contentSig) {
        JsonObject.Builder fields = JsonObject.builder();
        return contentSig.isEmpty() ? fields : fields.put("content_sig", contentSig);
    }

    private static JsonValue listed(ListedUser user) {
        JsonObject.Builder row =
                JsonObject.builder().put("user_id", user.user()).put("server_id", user.server());
        return (user.name() == null ? row : row.put("name", user.name())).build();
    }

    private static JsonValue wraps(List<Wrap> wraps, String member, String key) {
        return array(
                wraps,
                wrap ->
                        JsonObject.builder()
                                .put(member, wrap.member())
                                .put(key, wrap.wrappedKey())
                                .build());
    }

    private static <T> JsonValue array(List<T> items, Function<T, JsonValue> toJson) {
        return new JsonArray(items.stream().map(toJson).toList());
    }

    private static Payload of(JsonObject.Builder fields) {
        return Payload.of(fields.build());
    }
}
