package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workloads over TLS, against a raw server that proves Alice's key. */
@Timeout(120)
class TlsLoadTest {

    private static final IdentityKey ALICE = TestKeys.ALICE.identity();
    private static final Corpus CORPUS =
            Corpus.create(new CorpusSpec(2, 16, 64), List.of(ALICE, TestKeys.BOB.identity()), 7);

    private static RawServerProcess raw;

    @BeforeAll
    static void start() throws IOException {
        raw = RawServerProcess.start(ALICE);
    }

    @AfterAll
    static void stop() {
        raw.close();
    }

    @Test
    void shouldSendEverythingOverTls() throws Exception {
        LoadOptions options = options(raw.uri(), Security.STRICT);

        LoadResult direct = Direct.onOneRelay().run(options, CORPUS);
        LoadResult toAll = new FanOut().run(options, CORPUS);
        LoadResult idle = new Idle(false).run(options, CORPUS);

        assertThat(direct.messages()).isPositive();
        assertAllArrived(direct, direct.sent());
        assertAllArrived(toAll, 4 * toAll.sent());
        assertAllArrived(idle, 4);
        assertThat(direct.tls().protocol()).isEqualTo("TLSv1.3");
        assertThat(direct.tls().cipher()).startsWith("TLS_");
        assertThat(direct.tls().handshakes()).isEqualTo(8);
    }

    @Test
    void shouldMeasureTheLimitOverTlsToo() throws Exception {
        URI nobody = URI.create("wss://127.0.0.1:1");

        LoadResult limit = Limit.raw(Direct.onOneRelay(), options(nobody, Security.STRICT), CORPUS);

        assertAllArrived(limit, limit.sent());
        assertThat(limit.options().isOverTls()).isTrue();
        assertThat(limit.tls().isUsed()).isTrue();
        assertThat(new Report(limit, Limit.NONE).json().path("transport").stringValue())
                .isEqualTo("wss");
    }

    @Test
    void shouldResumeSessionsUnlessToldNotTo() throws Exception {
        LoadOptions resuming = storm(new Security(List.of(), true, LinkMode.STRICT));
        LoadOptions anew = storm(new Security(List.of(), false, LinkMode.STRICT));

        LoadResult resumed = new Connect().run(resuming, CORPUS);
        LoadResult full = new Connect().run(anew, CORPUS);

        assertAllArrived(resumed, 40);
        assertAllArrived(full, 40);
        assertThat(resumed.tls().resumed()).isPositive();
        assertThat(full.tls().resumed()).isZero();
    }

    @Test
    void shouldTakeTheServerOfTheKeyGivenAndNoOther() throws Exception {
        LoadOptions right = options(raw.uri(), pinned(ALICE.publicKey()));
        LoadOptions wrong = options(raw.uri(), pinned(TestKeys.BOB.identity().publicKey()));

        assertThat(Direct.onOneRelay().run(right, CORPUS).messages()).isPositive();
        assertThatThrownBy(() -> Direct.onOneRelay().run(wrong, CORPUS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("TLS handshake failed")
                .hasMessageContaining(ALICE.publicKey().fingerprint());
    }

    @Test
    void shouldSayThatTheServerSpeaksNoTls() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> refuse(plain));
            URI server = URI.create("wss://127.0.0.1:" + plain.getLocalPort());
            LoadOptions options = load(server, 1, 1, Duration.ZERO, Security.STRICT);

            assertThatThrownBy(() -> new Connect().run(options, CORPUS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("TLS handshake failed");
        }
    }

    private static void refuse(ServerSocket port) {
        try (Socket connection = port.accept()) {
            connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
            while (connection.getInputStream().read() >= 0) {
                // until the other end has understood
            }
        } catch (IOException closed) {
            // as the test ends
        }
    }

    private static Security pinned(RsaPublicKey key) {
        return new Security(List.of(key), true, LinkMode.STRICT);
    }

    private static void assertAllArrived(LoadResult result, long copies) {
        assertThat(result.received()).isEqualTo(copies);
        assertThat(result.lost()).isZero();
        assertThat(result.duplicated()).isZero();
        assertThat(result.errors()).isEmpty();
    }

    /** One after the other, so that each may resume what those before have begun. */
    private static LoadOptions storm(Security security) {
        return load(raw.uri(), 40, 1, Duration.ZERO, security);
    }

    private static LoadOptions options(URI server, Security security) {
        return load(server, 4, 2, Duration.ofMillis(50), security);
    }

    private static LoadOptions load(
            URI server, int connections, int window, Duration warmUp, Security security) {
        return new LoadOptions(
                List.of(server),
                List.of(),
                connections,
                1,
                window,
                0,
                0,
                warmUp,
                Duration.ofMillis(300),
                Dialect.OURS,
                security);
    }
}
