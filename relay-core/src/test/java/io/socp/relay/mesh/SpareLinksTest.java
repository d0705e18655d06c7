package io.socp.relay.mesh;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.LinkId;
import io.socp.relay.mesh.PeerLink.Direction;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Relay B dialled A on link 1, and was dialled by A on link 2: link 1 is spare. */
class SpareLinksTest {

    private static final LinkId SPARE = new LinkId(1);
    private static final LinkId BETTER = new LinkId(2);

    private final PeerTable peers = new PeerTable(B.id());
    private final SpareLinks spares = new SpareLinks(peers);

    @BeforeEach
    void linkTwice() {
        var link = new PeerLink(SPARE, Direction.OUTBOUND, true);
        peers.join(A.id(), A.key(), A.address(), link, LinkChoice.AGREED);
        peers.join(
                A.id(),
                A.key(),
                A.address(),
                new PeerLink(BETTER, Direction.INBOUND, true),
                LinkChoice.AGREED);
        spares.add(peers.superfluousLinks(A.id()), 100);
    }

    @Test
    void shouldCloseSpareLinkOnceItsTimeHasCome() {
        assertThat(spares.takeDue(99)).isEmpty();
        assertThat(spares.takeDue(100)).containsExactly(SPARE);
        assertThat(spares.takeDue(101)).isEmpty();
    }

    @Test
    void shouldKeepTimeSaidFirst() {
        spares.add(List.of(SPARE), 500);

        assertThat(spares.takeDue(100)).containsExactly(SPARE);
    }

    @Test
    void shouldKeepLinkThatIsNeededAgain() {
        peers.leave(BETTER);

        assertThat(spares.takeDue(100)).isEmpty();
        assertThat(peers.linkTo(A.id())).isEqualTo(SPARE);
    }

    @Test
    void shouldForgetLinkThatIsGone() {
        spares.forget(SPARE);

        assertThat(spares.takeDue(100)).isEmpty();
    }
}
