package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How relays start, find each other, stop and come back. */
class RelayDaemonTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private Path dir;

    private final OperatorLog log = new OperatorLog();
    private final List<TestRelay> relays = new ArrayList<>();
    private final List<SocketUser> users = new ArrayList<>();

    @AfterEach
    void stop() {
        users.forEach(SocketUser::close);
        relays.forEach(TestRelay::close);
        log.close();
    }

    @Test
    void shouldFormAMeshWhenAllThreeNameEachOther() {
        int[] ports = {TestRelay.freePort(), TestRelay.freePort(), TestRelay.freePort()};
        for (int i = 0; i < 3; i++) {
            relays.add(
                    TestRelay.of(Actors.SERVERS.get(i))
                            .withPort(ports[i])
                            .withIntroducers(
                                    TestRelay.introducer(ports[(i + 1) % 3]),
                                    TestRelay.introducer(ports[(i + 2) % 3]))
                            .start(dir));
        }

        relays.forEach(relay -> awaitPeers(relay, 2));

        // Of two links between the same servers one is given up, and nobody dials again.
        relays.forEach(relay ->
                await().atMost(SocketUser.PATIENCE)
                        .during(Duration.ofMillis(500))
                        .until(() -> relay.scrape().value("socp_links", "peer") == 2));
        SocketUser alice = hello(relays.get(0), ALICE);
        SocketUser bob = hello(relays.get(2), BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);
        alice.send(Envelopes.msgDirect(ALICE, BOB));
        assertThat(bob.await("USER_DELIVER").from()).isEqualTo(Actors.C.id().value());
    }

    @Test
    void shouldDropTheUsersOfARelayThatStopsAndMeetItAgain() {
        TestRelay a = start(TestRelay.of(Actors.A));
        TestRelay b = start(TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()));
        int port = b.port();
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(b, BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);

        stop(b);

        assertThat(bob.awaitClose()).isEqualTo(1001);
        alice.awaitNews("USER_REMOVE", BOB);
        TestRelay again =
                start(TestRelay.of(Actors.B).withPort(port).withIntroducers(a.asIntroducer()));
        awaitPeers(a, 1);
        SocketUser carol = hello(again, CAROL);
        alice.awaitNews("USER_ADVERTISE", CAROL);
        alice.send(Envelopes.msgDirect(ALICE, CAROL));
        assertThat(carol.await("USER_DELIVER").from()).isEqualTo(Actors.B.id().value());
    }

    @Test
    void shouldRefuseAnIntroducerWithAnotherKeyThanThePinnedOne() {
        TestRelay a = start(TestRelay.of(Actors.A));

        TestRelay b =
                start(
                        TestRelay.of(Actors.B)
                                .withIntroducers(TestRelay.introducer(a.port(), Actors.MALLORY)));

        await().atMost(SocketUser.PATIENCE)
                .until(() -> log.says("WARN", "pinned", Actors.A.key().fingerprint()));
        assertThat(b.scrape().value("socp_peers")).isZero();
        // It runs all the same.
        hello(b, BOB).settle(BOB);
    }

    @Test
    void shouldRetryAnIntroducerUntilItIsThere() {
        int port = TestRelay.freePort();
        TestRelay b =
                start(TestRelay.of(Actors.B).withIntroducers(TestRelay.introducer(port, Actors.A)));
        await().atMost(SocketUser.PATIENCE)
                .until(() -> log.says("WARN", "127.0.0.1:" + port, "not reached"));

        TestRelay a = start(TestRelay.of(Actors.A).withPort(port));

        awaitPeers(b, 1);
        awaitPeers(a, 1);
    }

    @Test
    void shouldSayThatAnIntroducersHostDoesNotExist() {
        Introducer nowhere = new Introducer(new HostPort("a..b", 1), null);

        TestRelay a = start(TestRelay.of(Actors.A).withIntroducers(nowhere));

        await().atMost(SocketUser.PATIENCE).until(() -> log.says("WARN", "a..b:1", "no such host"));
        hello(a, ALICE).settle(ALICE);
    }

    @Test
    void shouldStopDiallingItself() {
        int port = TestRelay.freePort();
        TestRelay a =
                start(
                        TestRelay.of(Actors.A)
                                .withPort(port)
                                .withIntroducers(TestRelay.introducer(port)));

        await().atMost(SocketUser.PATIENCE)
                .until(() -> joins(a) == 1 && a.scrape().value("socp_links") == 0);

        await().atMost(SocketUser.PATIENCE)
                .during(Duration.ofSeconds(1))
                .until(() -> joins(a) == 1 && a.scrape().value("socp_links") == 0);
        assertThat(a.scrape().value("socp_peers")).isZero();
    }

    @Test
    void shouldNotMindAPeerThatVanishesWithUsersOnBothSides() {
        TestRelay a = start(TestRelay.of(Actors.A));
        SocketUser alice = hello(a, ALICE);
        for (int round = 0; round < 3; round++) {
            TestRelay b = start(TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()));
            SocketUser bob = hello(b, BOB);
            bob.awaitNews("USER_ADVERTISE", ALICE);
            alice.send(Envelopes.msgPublic(ALICE));
            stop(b);
        }

        alice.settle(ALICE);

        assertThat(alice.isOpen()).isTrue();
        assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void shouldStopPromptlyUnderTraffic() {
        TestRelay a = start(TestRelay.of(Actors.A));
        TestRelay b = start(TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()));
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(b, BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);
        bob.awaitNews("USER_ADVERTISE", ALICE);
        for (int i = 0; i < 50; i++) {
            alice.send(Envelopes.msgPublic(ALICE).ts(System.currentTimeMillis() + i).build());
            bob.send(Envelopes.msgDirect(BOB, ALICE).ts(System.currentTimeMillis() + i).build());
        }

        long beganNs = System.nanoTime();
        stop(a);
        Duration took = Duration.ofNanos(System.nanoTime() - beganNs);

        assertThat(took).isLessThan(Duration.ofMillis(2_900));
        assertThat(alice.awaitClose()).isEqualTo(1001);
        assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void shouldNotMournItsPeersWhenItStopsItself() {
        TestRelay a = start(TestRelay.of(Actors.A));
        TestRelay b = start(TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()));
        awaitPeers(a, 1);
        awaitPeers(b, 1);

        stop(b);

        awaitPeers(a, 0);
        assertThat(log.lines().stream().filter(line -> line.endsWith(" lost"))).hasSize(1);
    }

    @Test
    void shouldCutAUserWhoNeverReadsAndCountIt() {
        TestRelay a =
                start(TestRelay.of(Actors.A).withLinks(TestRelay.links(Duration.ofSeconds(10), 1)));

        SocketUser deaf = SocketUser.connectDeaf(a.port());
        users.add(deaf);
        deaf.send(Envelopes.userHello(ALICE).with("ext", Envelopes.knownServer(Actors.A)));

        await().atMost(SocketUser.PATIENCE)
                .until(() -> a.scrape().value("socp_slow_readers_total", "user") == 1);
        await().atMost(SocketUser.PATIENCE).until(() -> a.scrape().value("socp_users") == 0);
    }

    @Test
    void shouldSayWhatAndWhereWhenThePortIsTaken() {
        TestRelay a = start(TestRelay.of(Actors.A));

        assertThatThrownBy(() -> TestRelay.of(Actors.B).withPort(a.port()).start(dir))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1:" + a.port())
                .hasMessageContaining("in use");
    }

    private TestRelay start(TestRelay.Setup setup) {
        TestRelay relay = setup.start(dir);
        relays.add(relay);
        return relay;
    }

    private void stop(TestRelay relay) {
        relays.remove(relay);
        relay.close();
    }

    private SocketUser hello(TestRelay relay, Person person) {
        SocketUser user = SocketUser.hello(relay.port(), person);
        users.add(user);
        return user;
    }

    private static void awaitPeers(TestRelay relay, int count) {
        await().atMost(SocketUser.PATIENCE)
                .until(() -> relay.scrape().value("socp_peers") == count);
    }

    /** JOINs the relay has read. */
    private static double joins(TestRelay relay) {
        return relay.scrape().value("socp_frames_total", "SERVER_HELLO_JOIN");
    }
}
