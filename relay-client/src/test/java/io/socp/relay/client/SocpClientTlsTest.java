package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.socp.relay.client.session.ServerTrust;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Connection;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.crypto.IdentityChain;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Certificates;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.time.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients on {@code wss://}: real sockets, scripted servers. */
class SocpClientTlsTest {

    @TempDir private Path dir;

    private final PinnedKeys pins = PinnedKeys.inMemory();
    private final Events events = new Events();
    private ScriptedServer server;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldPinTheKeyMetFirst() throws Exception {
        server = ScriptedServer.silentOverTls(shows(TestKeys.SERVER_A));

        welcomed(connect(ServerTrust.onFirstUse()));

        assertThat(pins.keyOfServer(authority())).isEqualTo(TestKeys.SERVER_A.publicKey());
    }

    @Test
    void attackShouldFailWhenAnotherKeyAnswersThanIsPinned() {
        server = ScriptedServer.silentOverTls(shows(TestKeys.MALLORY));
        pin(TestKeys.SERVER_A);

        CompletableFuture<SocpClient> client = connect(ServerTrust.onFirstUse());

        assertRefused(client, ClientErrorCode.SERVER_KEY_CHANGED, "is pinned to it");
        assertThat(pins.keyOfServer(authority())).isEqualTo(TestKeys.SERVER_A.publicKey());
    }

    @Test
    void shouldTakeTheKeyThatAPersonHasGivenAndRememberIt() throws Exception {
        server = ScriptedServer.silentOverTls(shows(TestKeys.SERVER_A));
        pin(TestKeys.SERVER_B);

        welcomed(connect(new ServerTrust.Identity(TestKeys.SERVER_A.publicKey())));

        assertThat(pins.keyOfServer(authority())).isEqualTo(TestKeys.SERVER_A.publicKey());
    }

    @Test
    void attackShouldFailWhenAnotherKeyAnswersThanAPersonHasGiven() {
        server = ScriptedServer.silentOverTls(shows(TestKeys.MALLORY));

        CompletableFuture<SocpClient> client =
                connect(new ServerTrust.Identity(TestKeys.SERVER_A.publicKey()));

        assertRefused(client, ClientErrorCode.SERVER_KEY_CHANGED, "is pinned to it");
        assertThat(pins.keyOfServer(authority())).isNull();
    }

    @Test
    void attackShouldFailWhenTheWelcomeIsOfAnotherServerThanTheCertificate() throws Exception {
        server = ScriptedServer.silentOverTls(shows(TestKeys.MALLORY));

        CompletableFuture<SocpClient> client = connect(ServerTrust.onFirstUse());
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE, JsonObject.EMPTY));

        assertRefused(client, ClientErrorCode.INVALID_SIG, "welcome");
        // The attacker has gained no place in the profile.
        assertThat(pins.keyOfServer(authority())).isNull();
    }

    @Test
    void attackShouldFailWhenTheLeafIsSignedByAnother() throws Exception {
        var forged =
                new Certificates().make(TestKeys.MALLORY.identity(), TestKeys.SERVER_A.identity());
        server =
                ScriptedServer.silentOverTls(
                        SslContextBuilder.forServer(
                                        forged.leafKey(),
                                        forged.chain().toArray(X509Certificate[]::new))
                                .build());

        assertRefused(
                connect(ServerTrust.onFirstUse()),
                ClientErrorCode.CONNECT_FAILED,
                "not signed by the identity key");
    }

    @Test
    void shouldSayWhatIsWrongWhenTheServerSpeaksNoTls() {
        server = ScriptedServer.silent();
        URI plain = server.uri();

        SessionOptions impatient =
                new SessionOptions(
                        URI.create("wss://127.0.0.1:" + plain.getPort()),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(2),
                        SessionOptions.FRAME_BYTES_MAX);
        CompletableFuture<SocpClient> client =
                SocpClient.connect(
                        alice(),
                        new ClientOptions(impatient, Duration.ofSeconds(5), () -> new Moment(0, 0)),
                        events);

        assertRefused(client, ClientErrorCode.CONNECT_FAILED, "TLS");
    }

    @Test
    void shouldTrustTheAuthorityGivenAndNoneElse() throws Exception {
        IdentityChain chain = chain(TestKeys.SERVER_A.identity());
        server = ScriptedServer.silentOverTls(shows(chain));
        Path authority = dir.resolve("ca.pem");
        Path other = dir.resolve("other.pem");
        Files.writeString(authority, pem(chain));
        Files.writeString(other, pem(chain(TestKeys.MALLORY.identity())));

        assertRefused(
                connect(new ServerTrust.Authorities(other)), ClientErrorCode.CONNECT_FAILED, "TLS");
        server.connection();
        welcomed(connect(new ServerTrust.Authorities(authority)));

        assertThat(pins.keyOfServer(authority())).as("it proves a name, no key").isNull();
    }

    private CompletableFuture<SocpClient> connect(ServerTrust trust) {
        return SocpClient.connect(alice(), ClientOptions.to(server.uri()).trusting(trust), events);
    }

    private ClientIdentity alice() {
        return new ClientIdentity(Actors.ALICE, TestKeys.ALICE.identity(), "Alice", pins);
    }

    private void welcomed(CompletableFuture<SocpClient> client) throws Exception {
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE, JsonObject.EMPTY));
        client.get(10, SECONDS);
    }

    private void pin(TestKeys key) {
        try {
            pins.pinServer(authority(), key.publicKey());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String authority() {
        return "127.0.0.1:" + server.uri().getPort();
    }

    private static void assertRefused(
            CompletableFuture<SocpClient> client, ClientErrorCode code, String... texts) {
        assertThatThrownBy(() -> client.get(10, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SocpException.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo(code.name());
                            assertThat(refused.detail()).contains(texts);
                        });
    }

    private static IdentityChain chain(IdentityKey key) {
        return IdentityChain.issue(key, "relay", List.of("127.0.0.1"), Instant.now());
    }

    private static SslContext shows(TestKeys key) {
        return shows(chain(key.identity()));
    }

    private static SslContext shows(IdentityChain chain) {
        try {
            return SslContextBuilder.forServer(
                            chain.leafKey(), chain.certificates().toArray(X509Certificate[]::new))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(IdentityChain chain) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(chain.certificates().getLast().getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }
}
