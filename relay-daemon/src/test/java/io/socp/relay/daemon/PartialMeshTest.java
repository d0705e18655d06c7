package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three relays in a line, on real sockets: nobody listens where the outer two say they do. */
class PartialMeshTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private static Path dir;

    @Test
    void shouldCarryMessagesThroughTheRelayInTheMiddle() {
        try (TestRelay b = TestRelay.of(Actors.B).start(dir);
                TestRelay a = hidden(Actors.A, 1, b);
                TestRelay c = hidden(Actors.C, 2, b);
                SocketUser alice = SocketUser.hello(a.port(), ALICE);
                SocketUser carol = SocketUser.hello(c.port(), CAROL)) {
            alice.awaitNews("USER_ADVERTISE", CAROL);
            carol.awaitNews("USER_ADVERTISE", ALICE);

            alice.send(Envelopes.msgDirect(ALICE, CAROL));
            carol.send(Envelopes.msgDirect(CAROL, ALICE));
            alice.send(Envelopes.msgPublic(ALICE));
            String toCarol = ScriptedEnd.text(carol.await("USER_DELIVER"), "sender");
            String toAlice = ScriptedEnd.text(alice.await("USER_DELIVER"), "sender");
            carol.await("MSG_PUBLIC_CHANNEL");

            assertThat(toCarol).isEqualTo(ALICE.id().value());
            assertThat(toAlice).isEqualTo(CAROL.id().value());
            assertThat(a.scrape().value("socp_peers")).isEqualTo(1);
            assertThat(c.scrape().value("socp_peers")).isEqualTo(1);
            assertThat(b.scrape().value("socp_peers")).isEqualTo(2);

            carol.leave();
            alice.awaitNews("USER_REMOVE", CAROL);
        }
    }

    private static TestRelay hidden(Actors.Server actor, int deadPort, TestRelay introducer) {
        return TestRelay.of(actor)
                .withAdvertisedPort(deadPort)
                .withIntroducers(introducer.asIntroducer())
                .start(dir);
    }
}
