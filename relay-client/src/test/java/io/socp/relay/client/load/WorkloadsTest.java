package io.socp.relay.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.testing.MiniRelay;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each workload against a small relay or a raw server: who counts what. */
@Timeout(120)
class WorkloadsTest {

    private static final List<IdentityKey> KEYS =
            List.of(TestKeys.ALICE.identity(), TestKeys.BOB.identity());
    private static final Corpus CORPUS = Corpus.create(new CorpusSpec(2, 16, 64), KEYS, 7);

    @Test
    void shouldAccountForEveryDirectMessage() throws Exception {
        try (MiniRelay relay = new MiniRelay()) {
            LoadResult result = Direct.onOneRelay().run(options(relay.uri(), 3, 1, 0), CORPUS);

            assertThat(result.messages()).isPositive();
            assertThat(result.sent()).isGreaterThanOrEqualTo(result.messages());
            assertThat(relay.seen("MSG_DIRECT")).isEqualTo((int) result.sent());
            assertAllArrived(result, result.sent());
        }
    }

    @Test
    void shouldOfferARate() throws Exception {
        try (MiniRelay relay = new MiniRelay()) {
            LoadResult result = Direct.onOneRelay().run(options(relay.uri(), 2, 1, 50), CORPUS);

            assertThat(result.sent()).isBetween(2L, 60L);
            assertAllArrived(result, result.sent());
        }
    }

    @Test
    void shouldAccountForEveryCopyOfAMessageToAll() throws Exception {
        try (MiniRelay relay = new MiniRelay()) {
            LoadResult result = new FanOut().run(options(relay.uri(), 5, 2, 0), CORPUS);

            assertThat(relay.seen("MSG_PUBLIC_CHANNEL")).isEqualTo((int) result.sent());
            assertAllArrived(result, 5 * result.sent());
        }
    }

    @Test
    void shouldCountThoseWhoAreLetIn() throws Exception {
        try (MiniRelay relay = new MiniRelay()) {
            LoadResult result =
                    new Connect()
                            .run(
                                    options(relay.uri(), 30, 1, 0)
                                            .lasting(Duration.ZERO, Duration.ofSeconds(1)),
                                    CORPUS);

            assertThat(result.messages()).isEqualTo(30);
            assertThat(relay.seen("USER_HELLO")).isEqualTo(30);
            assertAllArrived(result, 30);
        }
    }

    @Test
    void shouldSendEverythingThroughARawServerInItsOwnProcess() throws Exception {
        LoadOptions options = options(URI.create("ws://127.0.0.1:1"), 4, 1, 0);

        LoadResult direct = Limit.raw(Direct.onOneRelay(), options, CORPUS);
        LoadResult toAll = Limit.raw(new FanOut(), options, CORPUS);
        LoadResult idle = Limit.raw(new Idle(false), options, CORPUS);

        assertAllArrived(direct, direct.sent());
        assertAllArrived(toAll, 4 * toAll.sent());
        assertThat(idle.received()).isEqualTo(4);
        assertThat(direct.usage().rssAfter()).isPositive();
        assertThat(direct.options().pids()).doesNotContain(ProcessHandle.current().pid());
    }

    @Test
    void shouldMixEverythingInASoak() throws Exception {
        LoadOptions options = options(URI.create("ws://127.0.0.1:1"), 3, 1, 100);
        try (RawServerProcess raw = RawServerProcess.start(null)) {
            LoadOptions rated =
                    new LoadOptions(
                            List.of(raw.uri()),
                            List.of(raw.pid()),
                            options.connections(),
                            1,
                            1,
                            100,
                            0,
                            options.warmUp(),
                            options.duration(),
                            Dialect.OURS,
                            Security.STRICT);

            LoadResult result = new Soak().run(rated, CORPUS);

            assertThat(result.lost()).isZero();
            assertThat(result.duplicated()).isZero();
            assertThat(result.errors()).isEmpty();
            assertThat(result.received()).isGreaterThan(result.sent());
        }
    }

    @Test
    void shouldSayWhenTheRelayRefuses() {
        try (ScriptedServer server =
                ScriptedServer.start((connection, hello) ->
                        connection.send(
                                ServerFrames.error(new UserId(hello.from()), "BAD_KEY", "no")))) {
            LoadOptions options = options(server.uri(), 2, 1, 0);

            assertThatThrownBy(() -> Direct.onOneRelay().run(options, CORPUS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("BAD_KEY");
            assertThatThrownBy(() ->
                            new Connect()
                                    .run(
                                            options.lasting(Duration.ZERO, Duration.ofSeconds(1)),
                                            CORPUS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nobody was let in")
                    .hasMessageContaining("BAD_KEY");
        }
    }

    @Test
    void shouldSayWhenNobodyListens() {
        ScriptedServer server = ScriptedServer.silent();
        URI nobody = server.uri();
        server.close();

        assertThatThrownBy(() -> Direct.onOneRelay().run(options(nobody, 1, 1, 0), CORPUS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("refused");
    }

    private static void assertAllArrived(LoadResult result, long copies) {
        assertThat(result.received()).isEqualTo(copies);
        assertThat(result.lost()).isZero();
        assertThat(result.duplicated()).isZero();
        assertThat(result.errors()).isEmpty();
    }

    private static LoadOptions options(URI server, int connections, int senders, double rate) {
        return new LoadOptions(
                List.of(server),
                List.of(),
                connections,
                senders,
                2,
                rate,
                0,
                Duration.ofMillis(50),
                Duration.ofMillis(300),
                Dialect.OURS,
                Security.STRICT);
    }
}
