package io.socp.relay.daemon.ops;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.Scrape;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What two running relays measure while their users talk. */
@ExtendWith(LeakCheck.class)
class DeliveryMetersTest {

    private static final Person NOBODY =
            new Person(new UserId("dddddddd-0000-4000-8000-000000000004"), TestKeys.MALLORY);

    @TempDir private Path dir;

    @Test
    void shouldTimeWhatIsRelayedHereAndToPeersAndCountWhatReachesNobody() {
        try (TestRelay a = TestRelay.of(Actors.A).start(dir);
                TestRelay b = TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()).start(dir)) {
            awaitScrape(b, "socp_peers_wanted", 1, "state=\"linked\"");
            try (SocketUser alice = SocketUser.hello(a.port(), ALICE);
                    SocketUser bob = SocketUser.hello(a.port(), BOB);
                    SocketUser carol = SocketUser.hello(b.port(), CAROL)) {
                alice.awaitNews("USER_ADVERTISE", CAROL);
                alice.send(Envelopes.msgDirect(ALICE, BOB));
                alice.send(Envelopes.msgDirect(ALICE, CAROL));
                alice.send(Envelopes.msgDirect(ALICE, NOBODY));
                bob.await("USER_DELIVER");
                carol.await("USER_DELIVER");

                awaitScrape(a, "socp_relay_duration_seconds_count", 1, "to=\"user\"");
                awaitScrape(a, "socp_relay_duration_seconds_count", 1, "to=\"peer\"");
                awaitScrape(b, "socp_relay_duration_seconds_count", 1, "to=\"user\"");
                awaitScrape(a, "socp_undeliverable_total", 1, "reason=\"no_recipient\"");
                assertThat(a.scrape().has("socp_reports_given_up_total")).isTrue();
                assertThat(a.scrape().value("socp_reports_given_up_total")).isZero();
                await().atMost(SocketUser.PATIENCE)
                        .until(() -> b.scrape().value("socp_gossip_lag_seconds_count") >= 1);
                Scrape scrape = a.scrape();
                assertThat(scrape.value("socp_undeliverable_total")).isEqualTo(1);
                assertThat(scrape.value("socp_gossip_lag_seconds_sum")).isLessThan(60);
                assertThat(scrape.value("socp_outbound_queue_age_seconds")).isZero();
                assertThat(scrape.value("socp_peer_spool_age_seconds")).isZero();
            }
        }
    }

    @Test
    void shouldSayWhatTheProcessTakesOfTheMachine() {
        try (TestRelay relay = TestRelay.of(Actors.A).start(dir)) {
            Scrape scrape = relay.scrape();

            assertThat(scrape.value("process_resident_memory_bytes")).isGreaterThan(10e6);
            assertThat(scrape.value("process_files_open_files")).isPositive();
            assertThat(scrape.value("process_start_time_seconds")).isPositive();
            assertThat(scrape.value("process_uptime_seconds")).isPositive();
            assertThat(scrape.has("process_cpu_usage")).isTrue();
            assertThat(scrape.value("socp_direct_memory_bytes")).isPositive();
            assertThat(scrape.value("socp_direct_memory_max_bytes"))
                    .isGreaterThan(scrape.value("socp_direct_memory_bytes"));
            assertThat(scrape.has("socp_loop_delay_seconds")).isTrue();
            assertThat(scrape.has("socp_build_info", "crypto=")).isTrue();
        }
    }

    private static void awaitScrape(TestRelay relay, String name, double value, String tag) {
        await().atMost(SocketUser.PATIENCE).until(() -> relay.scrape().value(name, tag) == value);
    }
}
