package io.socp.relay.mesh;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.mesh.PeerTable.Entry;
import io.socp.relay.mesh.PeerTable.Joining;
import io.socp.relay.mesh.PeerTable.Leaving;
import io.socp.relay.testing.Actors.Server;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables of relays A and B, whose ids sort that way: A's dialling is preferred. */
class PeerTableTest {

    private final PeerTable ofA = new PeerTable(A.id());
    private final PeerTable ofB = new PeerTable(B.id());

    @Test
    void shouldKnowPeerWhileLinkedAndItsKeyAfterwards() {
        assertThat(ofA.keyOf(B.id())).isNull();
        assertThat(ofA.linkTo(B.id())).isNull();

        assertThat(join(ofA, B, 1, Direction.OUTBOUND)).isEqualTo(Joining.CAME_UP);
        assertThat(ofA.linkTo(B.id())).isEqualTo(new LinkId(1));
        assertThat(ofA.serverOf(new LinkId(1))).isEqualTo(B.id());
        assertThat(ofA.linked()).extracting(Peer::server).containsExactly(B.id());
        assertThat(ofA.leave(new LinkId(1))).isEqualTo(Leaving.WENT_DOWN);

        assertThat(ofA.linkTo(B.id())).isNull();
        assertThat(ofA.linked()).isEmpty();
        assertThat(ofA.activeLinks()).isEmpty();
        assertThat(ofA.writableLinks()).isEmpty();
        assertThat(ofA.keyOf(B.id())).isEqualTo(B.key());
    }

    @Test
    void shouldChooseSameLinkOnBothSidesWhenBothDialled() {
        for (boolean ownFirst : new boolean[] {true, false}) {
            var a = new PeerTable(A.id());
            var b = new PeerTable(B.id());
            // Link n of A is link n of B; 1 was dialled by A, 2 by B.
            join(a, B, ownFirst ? 1 : 2, ownFirst ? Direction.OUTBOUND : Direction.INBOUND);
            join(a, B, ownFirst ? 2 : 1, ownFirst ? Direction.INBOUND : Direction.OUTBOUND);
            join(b, A, 2, Direction.OUTBOUND);
            join(b, A, 1, Direction.INBOUND);

            assertThat(a.linkTo(B.id())).isEqualTo(new LinkId(1));
            assertThat(b.linkTo(A.id())).isEqualTo(new LinkId(1));
            assertThat(a.superfluousLinks(B.id())).isEmpty();
            assertThat(b.superfluousLinks(A.id())).containsExactly(new LinkId(2));
            assertThat(b.isSuperfluous(new LinkId(2))).isTrue();
            assertThat(b.isSuperfluous(new LinkId(1))).isFalse();
        }
    }

    @Test
    void shouldUseLessPreferredLinkWhileItIsTheOnlyOne() {
        join(ofB, A, 1, Direction.OUTBOUND);

        assertThat(ofB.linkTo(A.id())).isEqualTo(new LinkId(1));
        assertThat(ofB.superfluousLinks(A.id())).isEmpty();
    }

    @Test
    void shouldFallBackToOtherLink() {
        join(ofB, A, 1, Direction.OUTBOUND);
        assertThat(join(ofB, A, 2, Direction.INBOUND)).isEqualTo(Joining.EXTRA_LINK);

        assertThat(ofB.leave(new LinkId(2))).isEqualTo(Leaving.STILL_UP);

        assertThat(ofB.linkTo(A.id())).isEqualTo(new LinkId(1));
        assertThat(ofB.isSuperfluous(new LinkId(1))).isFalse();
    }

    @Test
    void shouldKeepOldestOfThoseWeDialledAndNewestOfThoseThePeerDialled() {
        join(ofA, B, 1, Direction.OUTBOUND);
        join(ofA, B, 2, Direction.OUTBOUND);
        join(ofB, A, 1, Direction.INBOUND);
        join(ofB, A, 2, Direction.INBOUND);

        assertThat(ofA.linkTo(B.id())).isEqualTo(new LinkId(1));
        assertThat(ofA.superfluousLinks(B.id())).containsExactly(new LinkId(2));
        assertThat(ofB.linkTo(A.id())).isEqualTo(new LinkId(2));
        assertThat(ofB.superfluousLinks(A.id())).isEmpty();
    }

    @Test
    void shouldHaveOneActiveLinkForEachPeer() {
        join(ofA, B, 1, Direction.OUTBOUND);
        join(ofA, B, 2, Direction.INBOUND);
        join(ofA, C, 3, Direction.INBOUND);

        assertThat(ofA.activeLinks()).containsExactlyInAnyOrder(new LinkId(1), new LinkId(3));
        assertThat(ofA.writableLinks()).hasSize(3);
    }

    @Test
    void shouldPreferLinkThatTlsBindsToThePeer() {
        for (LinkChoice choice : List.of(LinkChoice.NEWEST, LinkChoice.AGREED)) {
            var table = new PeerTable(B.id());
            join(table, A, choice, new PeerLink(new LinkId(1), Direction.INBOUND, false, true));
            join(table, A, choice, new PeerLink(new LinkId(2), Direction.INBOUND, true));
            LinkId beforeItIsProven = table.linkTo(A.id());
            table.prove(new LinkId(1));
            join(table, A, choice, new PeerLink(new LinkId(3), Direction.INBOUND, true));

            assertThat(beforeItIsProven).isEqualTo(new LinkId(2));
            assertThat(table.linkTo(A.id())).isEqualTo(new LinkId(1));
            assertThat(table.hasBoundLink(A.id())).isTrue();
            table.leave(new LinkId(1));
            assertThat(table.linkTo(A.id())).isEqualTo(new LinkId(3));
            assertThat(table.hasBoundLink(A.id())).isFalse();
        }
    }

    @Test
    void shouldNeverReplacePinnedKey() {
        join(ofA, B, 1, Direction.OUTBOUND);
        ofA.leave(new LinkId(1));

        assertThat(ofA.entryFor(B.id(), C.key())).isEqualTo(Entry.WRONG_KEY);
        assertThat(ofA.entryFor(B.id(), B.key())).isEqualTo(Entry.OPEN);
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        ofA.join(
                                B.id(),
                                C.key(),
                                B.address(),
                                new PeerLink(new LinkId(2), Direction.INBOUND, true),
                                LinkChoice.AGREED));
    }

    @Test
    void shouldHoldNobodyToKeyThatIsOnlyClaimed() {
        claim(ofA, B, 1);

        assertThat(ofA.keyOf(B.id())).isNull();
        assertThat(ofA.entryFor(B.id(), B.key())).isEqualTo(Entry.OPEN);
        assertThat(ofA.entryFor(B.id(), C.key())).isEqualTo(Entry.CLAIMED);
        ofA.leave(new LinkId(1));

        assertThat(ofA.entryFor(B.id(), C.key())).isEqualTo(Entry.OPEN);
        assertThat(ofA.isInReach(B.id())).isFalse();
    }

    @Test
    void shouldPinKeyOnceItIsShown() {
        claim(ofA, B, 1);

        assertThat(ofA.prove(new LinkId(1))).isTrue();

        assertThat(ofA.keyOf(B.id())).isEqualTo(B.key());
        assertThat(ofA.entryFor(B.id(), C.key())).isEqualTo(Entry.WRONG_KEY);
        ofA.leave(new LinkId(1));
        assertThat(ofA.keyOf(B.id())).isEqualTo(B.key());
    }

    @Test
    void shouldGiveLinkToOneServerOnly() {
        join(ofA, B, 1, Direction.INBOUND);

        assertThatIllegalStateException().isThrownBy(() -> join(ofA, C, 1, Direction.INBOUND));
        assertThat(ofA.serverOf(new LinkId(1))).isEqualTo(B.id());
    }

    @Test
    void shouldRefuseOneServerPastTheBound() {
        for (int i = 0; i < PeerTable.PEERS_MAX; i++) {
            var id = new ServerId("server-" + i);
            assertThat(ofA.entryFor(id, B.key())).isEqualTo(Entry.OPEN);
            ofA.join(
                    id,
                    B.key(),
                    B.address(),
                    new PeerLink(new LinkId(i), Direction.INBOUND, true),
                    LinkChoice.AGREED);
        }

        assertThat(ofA.entryFor(new ServerId("one-more"), B.key())).isEqualTo(Entry.FULL);
        assertThat(ofA.entryFor(new ServerId("server-7"), B.key())).isEqualTo(Entry.OPEN);
    }

    @Test
    void shouldForgetAnUnlinkedServerForANewOneAtTheBound() {
        for (int i = 0; i < PeerTable.PEERS_MAX; i++) {
            ofA.join(
                    new ServerId("server-" + i),
                    B.key(),
                    B.address(),
                    new PeerLink(new LinkId(i), Direction.INBOUND, true),
                    LinkChoice.AGREED);
        }
        ofA.leave(new LinkId(7));
        Entry whileExpectedBack = ofA.entryFor(C.id(), C.key());
        ofA.stopAwaiting(new ServerId("server-7"));

        join(ofA, C, PeerTable.PEERS_MAX, Direction.INBOUND);

        assertThat(whileExpectedBack).isEqualTo(Entry.FULL);
        assertThat(ofA.linkTo(C.id())).isEqualTo(new LinkId(PeerTable.PEERS_MAX));
        assertThat(ofA.keyOf(new ServerId("server-7"))).isNull();
        assertThat(ofA.entryFor(new ServerId("one-more"), B.key())).isEqualTo(Entry.FULL);
    }

    @Test
    void shouldNoteNewAddress() {
        join(ofA, B, 1, Direction.INBOUND);

        ofA.moved(B.id(), new HostPort("elsewhere", 1));
        ofA.moved(C.id(), new HostPort("nowhere", 1));

        assertThat(ofA.linked())
                .extracting(Peer::address)
                .containsExactly(new HostPort("elsewhere", 1));
    }

    @Test
    void shouldNotMistakeOtherLinksForPeers() {
        assertThat(ofA.leave(new LinkId(5))).isEqualTo(Leaving.NOT_A_PEER);
        assertThat(ofA.serverOf(new LinkId(5))).isNull();
        assertThat(ofA.isSuperfluous(new LinkId(5))).isFalse();
        assertThat(ofA.superfluousLinks(B.id())).isEmpty();
    }

    private static void join(PeerTable table, Server peer, LinkChoice choice, PeerLink link) {
        table.join(peer.id(), peer.key(), peer.address(), link, choice);
    }

    private static void claim(PeerTable table, Server peer, long link) {
        table.join(
                peer.id(),
                peer.key(),
                peer.address(),
                new PeerLink(new LinkId(link), Direction.INBOUND, false),
                LinkChoice.NEWEST);
    }

    private static Joining join(PeerTable table, Server peer, long link, Direction direction) {
        return table.join(
                peer.id(),
                peer.key(),
                peer.address(),
                new PeerLink(new LinkId(link), direction, true),
                LinkChoice.AGREED);
    }
}
