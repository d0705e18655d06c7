package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Connection;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.crypto.IdentityChain;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.TestKeys;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients and servers that prove a link to each other: real sockets, a scripted server. */
class SocpClientLinkAuthTest {

    private static final JsonObject WITH_LINK_AUTH =
            JsonObject.builder()
                    .put("v", 1)
                    .put("list", true)
                    .put("key", true)
                    .put("link_auth", true)
                    .build();
    private static final JsonObject WITHOUT =
            JsonObject.builder().put("v", 1).put("list", true).put("key", true).build();

    private final PinnedKeys pins = PinnedKeys.inMemory();
    private final Events events = new Events();
    private ScriptedServer server;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldSignTheServersNonceAndKeyAndPinThatTheLinkProves() throws Exception {
        open("nonce-1");

        CompletableFuture<SocpClient> client = connect(server.uri());
        Connection connection = server.connection();
        Envelope hello = connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE, WITH_LINK_AUTH));
        client.get(10, SECONDS);

        assertThat(LinkChallenge.read((JsonObject) hello.payload().members().get("ext")))
                .contains(LinkChallenge.of("nonce-1", TestKeys.SERVER_A.publicKey()));
        assertThat(hello.sig()).isNotEmpty();
        assertThat(pins.provesFrames(authority())).isTrue();
    }

    @Test
    void shouldLeaveOutSignaturesThatTheServerAloneWouldRead() throws Exception {
        open("nonce-2");
        CompletableFuture<SocpClient> connecting = connect(server.uri());
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE, WITH_LINK_AUTH));
        connection.send(ServerFrames.advertise(Actors.BOB, "Bob", TestKeys.BOB.publicKey()));
        SocpClient client = connecting.get(10, SECONDS);

        client.sendDirect(Actors.BOB, "hello").get(10, SECONDS);
        Envelope direct = next(connection, "MSG_DIRECT");
        var _ = client.list();
        Envelope list = next(connection, "LIST_REQUEST");
        var _ = client.sendPublic("to all");
        Envelope shared = next(connection, "MSG_PUBLIC_CHANNEL");

        assertThat(direct.sig()).isEmpty();
        assertThat(direct.payload().members().get("content_sig").toString()).isNotEmpty();
        assertThat(list.sig()).isEmpty();
        // Others get it as it is, and look for its author's signature.
        assertThat(shared.sig()).isNotEmpty();
    }

    @Test
    void shouldTakeTheServersUnsignedFramesAndVerifyTheirContent() throws Exception {
        open("nonce-3");
        CompletableFuture<SocpClient> connecting = connect(server.uri());
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE, WITH_LINK_AUTH));
        connecting.get(10, SECONDS);

        connection.send(delivery());

        assertThat(events.next(ClientEvent.DirectMessage.class).isVerified()).isTrue();
    }

    @Test
    void attackShouldFailWhenUnsignedFramesComeWithoutLinkAuthentication() throws Exception {
        open("");
        CompletableFuture<SocpClient> connecting = connect(server.uri());
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE, WITHOUT));
        connecting.get(10, SECONDS);

        connection.send(delivery());

        assertThat(events.next(ClientEvent.DirectMessage.class).isVerified()).isFalse();
        assertThat(pins.provesFrames(authority())).isFalse();
    }

    @Test
    void attackShouldFailWhenTheServerIsOfferedPlainlyAfterwards() throws Exception {
        open("nonce-4");
        pins.pinFrames(authority());

        CompletableFuture<SocpClient> client = connect(URI.create("ws://" + authority()));

        assertRefused(client, "use wss://");
    }

    @Test
    void attackShouldFailWhenTheWelcomeDoesNotOfferItAfterwards() throws Exception {
        open("");
        pins.pinFrames(authority());

        CompletableFuture<SocpClient> client = connect(server.uri());
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE, WITHOUT));

        assertRefused(client, "does not offer it any more");
    }

    @Test
    void shouldKeepWhatOvertakesTheWelcomeOfAKnownServer() throws Exception {
        open("nonce-5");
        pins.pinFrames(authority());
        CompletableFuture<SocpClient> connecting = connect(server.uri());
        Connection connection = server.connection();
        connection.next();

        connection.send(delivery());
        connection.send(ServerFrames.welcome(Actors.ALICE, WITH_LINK_AUTH));

        assertThat(connecting.get(10, SECONDS).user()).isEqualTo(Actors.ALICE);
        assertThat(events.next(ClientEvent.DirectMessage.class).isVerified()).isTrue();
    }

    private static Envelope delivery() {
        long ts = ServerFrames.TS;
        Sealer bob = new Sealer(Actors.BOB, TestKeys.BOB.identity());
        SealedText sealed = bob.direct("hi", Actors.ALICE, TestKeys.ALICE.publicKey(), ts);
        return ServerFrames.unsigned(
                new UserDeliver(ServerFrames.ID, Actors.ALICE, Actors.BOB, ts, sealed),
                Actors.ALICE.value(),
                ts);
    }

    private void open(String nonce) throws Exception {
        IdentityChain chain =
                IdentityChain.issue(
                        TestKeys.SERVER_A.identity(), "relay", List.of("127.0.0.1"), Instant.now());
        SslContext tls =
                SslContextBuilder.forServer(
                                chain.leafKey(),
                                chain.certificates().toArray(X509Certificate[]::new))
                        .build();
        server = ScriptedServer.silentOverTls(tls);
        server.shows(nonce);
    }

    private CompletableFuture<SocpClient> connect(URI uri) {
        return SocpClient.connect(
                new ClientIdentity(Actors.ALICE, TestKeys.ALICE.identity(), "Alice", pins),
                ClientOptions.to(uri),
                events);
    }

    private String authority() {
        return "127.0.0.1:" + server.uri().getPort();
    }

    private static void assertRefused(CompletableFuture<SocpClient> client, String text) {
        assertThatThrownBy(() -> client.get(10, SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        SocpException.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo("LINK_AUTH_MISSING");
                            assertThat(refused.detail()).contains(text);
                        });
    }

    /** The next of this type: the client may ask for keys and more in between. */
    private static Envelope next(Connection connection, String type) throws InterruptedException {
        Envelope next = connection.next();
        while (!next.type().equals(type)) {
            next = connection.next();
        }
        return next;
    }
}
