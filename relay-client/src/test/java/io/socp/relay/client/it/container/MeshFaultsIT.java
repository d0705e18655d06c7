package io.socp.relay.client.it.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.it.container.ContainerRelay.Limits;
import io.socp.relay.client.it.container.Ledger.Sums;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Each fault in a mesh of its own, under messages from everyone to everyone: none may be lost, none
 * shown twice, and the mesh becomes whole again. Where a relay itself ends, what it held in memory
 * may end with it.
 *
 * <p>What was counted and how long it took is printed; only counts are held to a bound, and the
 * time to heal to four times what is promised.
 */
@Timeout(400)
@Execution(ExecutionMode.CONCURRENT)
class MeshFaultsIT {

    @RegisterExtension private static final Engine ENGINE = new Engine();

    private static final Duration BRISK = Duration.ofMillis(800);

    /** Few enough that an author is told of each message that reaches nobody. */
    private static final Duration LEISURELY = Duration.ofSeconds(4);

    private static final Duration WHOLE_MAX = Duration.ofMinutes(2);

    @Test
    void shouldLoseNothingInShortPartition() throws Exception {
        try (ContainerMesh mesh = ContainerMesh.start();
                Crowd crowd = new Crowd(mesh)) {
            crowd.speakEvery(BRISK);
            Crowd.pause(Duration.ofSeconds(3));

            mesh.relay(3).leaveMesh();
            Crowd.pause(Duration.ofSeconds(15));
            mesh.relay(3).joinMesh();

            double seconds = crowd.awaitTalk();
            assertNothingLost(mesh, "partition 15 s", crowd.conclude(), seconds);
        }
    }

    /** Longer than it takes for the other side to be given up. */
    @Test
    void shouldLoseNothingInLongPartition() throws Exception {
        try (ContainerMesh mesh = ContainerMesh.start();
                Crowd crowd = new Crowd(mesh)) {
            crowd.speakEvery(LEISURELY);
            Crowd.pause(Duration.ofSeconds(3));

            mesh.relay(3).leaveMesh();
            Crowd.pause(Duration.ofSeconds(55));
            mesh.relay(3).joinMesh();

            double seconds = awaitHealed(mesh, crowd);
            assertNothingLost(mesh, "partition 55 s", crowd.conclude(), seconds);
        }
    }

    @Test
    void shouldLoseNothingWhileOneRelayHearsNobody() throws Exception {
        Engine.demand(
                "root".equals(System.getProperty("user.name")),
                "only root can drop packets in a container's network");
        try (ContainerMesh mesh = ContainerMesh.start();
                Crowd crowd = new Crowd(mesh)) {
            crowd.speakEvery(BRISK);
            Crowd.pause(Duration.ofSeconds(3));

            mesh.relay(2).turnDeaf();
            Crowd.pause(Duration.ofSeconds(20));
            mesh.relay(2).hearAgain();

            double seconds = awaitHealed(mesh, crowd);
            assertNothingLost(mesh, "one-way loss 20 s", crowd.conclude(), seconds);
        }
    }

    @Test
    void shouldTakeBackRelayThatWasPaused() throws Exception {
        try (ContainerMesh mesh = ContainerMesh.start();
                Crowd crowd = new Crowd(mesh)) {
            crowd.speakEvery(LEISURELY);
            Crowd.pause(Duration.ofSeconds(3));

            mesh.relay(2).pause();
            Crowd.pause(Duration.ofSeconds(60));
            mesh.relay(2).unpause();

            double seconds = awaitHealed(mesh, crowd);
            assertNothingLost(mesh, "pause 60 s", crowd.conclude(), seconds);
        }
    }

    /**
     * Its users go elsewhere meanwhile; it comes back as who it was. What waited for its users at
     * other relays comes back to it and finds them gone, so that part of it may be lost.
     */
    @Test
    void shouldGoOnWithoutKilledRelayAndTakeItBack() throws Exception {
        try (ContainerMesh mesh = ContainerMesh.start();
                Crowd crowd = new Crowd(mesh)) {
            String server = mesh.relay(3).status().path("server_id").stringValue("");
            crowd.speakEvery(LEISURELY);
            Crowd.pause(Duration.ofSeconds(3));

            mesh.relay(3).kill();
            double back = Crowd.awaitUntil("all users back", WHOLE_MAX, crowd::isComplete);
            Crowd.pause(Duration.ofSeconds(5));
            mesh.relay(3).startAgain();

            double seconds = awaitHealed(mesh, crowd);
            Sums sums = crowd.conclude();
            print("kill -9, users back after %.1f s".formatted(back), sums, seconds);
            Sums others = crowd.sumsAmong(mesh.relay(1), mesh.relay(2));
            print("  among users of the other relays", others, seconds);
            assertThat(others.lost()).as("lost among users of the other relays").isZero();
            assertThat(sums.twice()).as("shown twice").isZero();
            assertThat(mesh.relay(3).status().path("server_id").stringValue(""))
                    .as("id after a restart with the same data")
                    .isEqualTo(server);
        }
    }

    @Test
    void shouldUpgradeOneRelayAfterTheOtherUnderLoad() throws Exception {
        try (ContainerMesh mesh = ContainerMesh.start();
                Crowd crowd = new Crowd(mesh)) {
            crowd.speakEvery(Duration.ofMillis(200));
            long startNs = System.nanoTime();

            for (ContainerRelay relay : mesh.relays()) {
                String server = relay.status().path("server_id").stringValue("");
                relay.replaceBy(Engine.NEXT_IMAGE);
                relay.awaitReady();
                awaitHealed(mesh, crowd);
                assertThat(relay.inspect().getConfig().getImage()).isEqualTo(Engine.NEXT_IMAGE);
                assertThat(relay.status().path("server_id").stringValue("")).isEqualTo(server);
            }

            double seconds = (System.nanoTime() - startNs) / 1e9;
            assertNothingLost(mesh, "rolling upgrade of three", crowd.conclude(), seconds);
        }
    }

    /** All that is forbidden and scarce at once: the root read-only, nothing executable in /tmp. */
    @Test
    void shouldStayWithinMemoryCapOnReadOnlyRootUnderLoad() throws Exception {
        Limits tight = new Limits(192L << 20, Map.of("/tmp", "noexec,size=64m"));
        try (ContainerMesh mesh = ContainerMesh.start(tight);
                Crowd crowd = new Crowd(mesh)) {
            crowd.speakEvery(Duration.ofMillis(300));

            Crowd.pause(Duration.ofSeconds(20));

            double seconds = crowd.awaitTalk();
            for (ContainerRelay relay : mesh.relays()) {
                var found = relay.inspect();
                assertThat(found.getState().getOOMKilled())
                        .as(relay.name() + " out of memory")
                        .isFalse();
                assertThat(found.getState().getRunning()).as(relay.name() + " runs").isTrue();
                assertThat(found.getHostConfig().getReadonlyRootfs()).isTrue();
                assertThat(Engine.client().containerDiffCmd(relay.id()).exec())
                        .as("files changed beside the volume and /tmp")
                        .allMatch(change -> change.getPath().matches("/etc.*|/data|/tmp"));
            }
            assertNothingLost(mesh, "192 MiB, read-only, no exec", crowd.conclude(), seconds);
        }
    }

    /** Seconds until every relay knows every user, and every user reaches every other. */
    private static double awaitHealed(ContainerMesh mesh, Crowd crowd) {
        double complete = Crowd.awaitUntil("all users back", WHOLE_MAX, crowd::isComplete);
        double talk = crowd.awaitTalk();
        double whole = Crowd.awaitUntil("whole mesh", WHOLE_MAX, () -> mesh.isWhole(Crowd.USERS));
        return complete + talk + whole;
    }

    private static void assertNothingLost(
            ContainerMesh mesh, String fault, Sums sums, double seconds) throws IOException {
        print(fault, sums, seconds);
        if (sums.lost() > 0) {
            print(mesh);
        }
        assertThat(sums.lost()).as("lost").isZero();
        assertThat(sums.twice()).as("shown twice").isZero();
    }

    /** Where messages may have gone. */
    private static void print(ContainerMesh mesh) throws IOException {
        for (ContainerRelay relay : mesh.relays()) {
            System.out.println(relay.name());
            relay.ask("/metrics")
                    .body()
                    .lines()
                    .filter(line ->
                            line.matches("socp_(frames|peer_frames|undeliver|spool).* .*[1-9].*"))
                    .forEach(System.out::println);
        }
    }

    private static void print(String fault, Sums sums, double seconds) {
        System.out.printf(Locale.ROOT, "%s: %s, whole after %.1f s%n", fault, sums, seconds);
    }
}
