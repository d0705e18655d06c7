package io.socp.relay.daemon.ops;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.Scrape;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What operators do to a running relay. */
@ExtendWith(LeakCheck.class)
class OperationsTest {

    private static final String PORT = "/api/v1/";

    @TempDir private Path dir;

    private TestRelay relay;

    @BeforeEach
    void start() {
        relay = TestRelay.of(Actors.A).start(dir);
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void shouldKickAUser() {
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE)) {
            String answer = order("kick?user=" + ALICE.id());

            assertThat(answer).isEqualTo("{\"kicked\":true}");
            assertThat(alice.awaitClose()).isEqualTo(1008);
            await().until(() -> order("kick?user=" + ALICE.id()).contains("false"));
        }
    }

    @Test
    void shouldShutOutAUserUntilTheBanIsLifted() {
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE)) {
            assertThat(order("ban?user=" + ALICE.id() + "&for=1h&reason=shouts"))
                    .isEqualTo("{\"banned\":true,\"links_closed\":1}");
            assertThat(alice.awaitClose()).isEqualTo(1008);
        }
        assertRefused();

        assertThat(order("unban?user=" + ALICE.id())).isEqualTo("{\"lifted\":true}");

        try (SocketUser again = SocketUser.hello(relay.port(), ALICE);
                SocketUser bob = SocketUser.hello(relay.port(), BOB)) {
            assertThat(again).isNotNull();
            assertThat(bob).isNotNull();
        }
    }

    @Test
    void shouldKeepBansOverARestart() {
        order("ban?user=" + ALICE.id());
        relay.close();

        relay = TestRelay.of(Actors.A).start(dir);

        assertThat(Scrape.get(relay.managementPort(), PORT + "bans").body())
                .contains(ALICE.id().value());
        assertRefused();
    }

    @Test
    void shouldShutOutAnAddress() {
        order("ban?address=127.0.0.1");

        HttpResponse<String> answer = Scrape.get(relay.port(), "/");

        assertThat(answer.statusCode()).isEqualTo(503);
        order("unban?address=127.0.0.1");
        assertThat(Scrape.get(relay.port(), "/").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTakeAnAddressInAnyOfItsForms() {
        order("ban?address=2001:DB8::1");

        assertThat(Scrape.get(relay.managementPort(), PORT + "bans").body())
                .contains("\"address\":\"2001:db8:0:0:0:0:0:1\"");
        assertThat(order("unban?address=2001:db8::1")).isEqualTo("{\"lifted\":true}");
    }

    @Test
    void shouldShutOutAServer() {
        try (TestRelay other =
                TestRelay.of(Actors.B).withIntroducers(relay.asIntroducer()).start(dir)) {
            await().until(() -> relay.scrape().value("socp_peers") == 1);

            order("ban?server=" + Actors.B.id());

            await().until(() -> relay.scrape().value("socp_links", "peer") == 0);
            assertThat(other.scrape().has("socp_peers")).isTrue();
        }
    }

    @Test
    void shouldSetHowMuchIsLogged() {
        String name = "io.socp.relay.test-of-levels";

        order("log-level?level=debug&logger=" + name);

        assertThat(LoggerFactory.getLogger(name).isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger(name).isTraceEnabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "kick, kick one user or one link",
        "kick?user=a&link=1, kick one user or one link",
        "kick?link=x, 'link must be a number, not x'",
        "ban, 'name one user, server or address'",
        "ban?user=a&server=b, 'name one user, server or address'",
        "ban?address=nowhere, 'address must be an IP, not nowhere'",
        "ban?user=a&for=5, 'for must be like 30s, 10m, 2h or 7d, not 5'",
        "ban?user=a&for=0s, for must be from 1s to 3650d",
        "ban?user=a&for=3651d, for must be from 1s to 3650d",
        "log-level, level is missing",
        "log-level?level=loud, 'level must be trace, debug, info, warn, error or off, not loud'",
    })
    void shouldSayWhatIsWrongWithAnOrder(String path, String expected) {
        HttpResponse<String> answer = Scrape.order(relay.managementPort(), PORT + path);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo(expected + "\n");
    }

    @Test
    void shouldTakeNoOrderFromAWebPage() {
        HttpResponse<String> answer =
                Scrape.request(relay.managementPort(), PORT + "drain", "POST");

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    private void assertRefused() {
        try (SocketUser alice = SocketUser.connect(relay.port())) {
            alice.send(Envelopes.userHello(ALICE));
            assertThat(alice.awaitClose()).isEqualTo(1008);
        }
    }

    private String order(String path) {
        HttpResponse<String> answer = Scrape.order(relay.managementPort(), PORT + path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
