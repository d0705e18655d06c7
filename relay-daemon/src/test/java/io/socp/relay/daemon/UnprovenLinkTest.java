package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Alice on relay A; Carol on C, which signs no greeting; and someone who says that it is C. */
class UnprovenLinkTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private Path dir;

    private TestRelay a;
    private SocketUser alice;
    private SocketUser impostor;

    @BeforeEach
    void loseServerThatSignsNoGreeting() {
        a = TestRelay.of(Actors.A).start(dir);
        alice = SocketUser.hello(a.port(), ALICE);
        SocketUser c = claim();
        c.send(Envelopes.advertise(C, CAROL));
        alice.awaitNews("USER_ADVERTISE", CAROL);
        c.leave();
        impostor = claim();
    }

    @AfterEach
    void stop() {
        impostor.close();
        alice.close();
        a.close();
    }

    @Test
    void shouldBringUsersFramesToTheServerAndNotToOneWhoClaimsToBeIt() {
        alice.send(Envelopes.msgDirect(ALICE, CAROL));
        alice.settle(ALICE);

        try (SocketUser back = claim()) {
            back.send(Envelopes.heartbeat(C));
            back.await("SERVER_DELIVER");
        }

        assertThat(impostor.received("SERVER_DELIVER")).isEmpty();
        assertThat(alice.errors()).isEmpty();
    }

    private SocketUser claim() {
        SocketUser end = SocketUser.connect(a.port());
        end.send(Envelopes.serverHelloJoin(C).unsigned());
        end.await("SERVER_WELCOME");
        return end;
    }
}
