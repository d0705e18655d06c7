package io.socp.relay.mesh;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.FarServers.Naming;
import io.socp.relay.mesh.FarServers.Word;
import io.socp.relay.testing.Actors.Server;
import org.junit.jupiter.api.Test;

/** Relay A, linked with B and Mallory; C is far. */
class FarServersTest {

    private static final LinkId TO_B = new LinkId(1);
    private static final LinkId TO_MALLORY = new LinkId(2);

    private final PeerTable peers = new PeerTable(A.id());
    private final FarServers far = new FarServers(peers);

    FarServersTest() {
        link(B, TO_B);
        link(MALLORY, TO_MALLORY);
    }

    @Test
    void shouldLeadThroughThePeerThatNamesTheServer() {
        assertThat(far.nextHop(C.id(), null)).isNull();

        assertThat(name(B, 1, null)).isEqualTo(Naming.TAKEN);

        assertThat(far.nextHop(C.id(), null)).isEqualTo(B.id());
        assertThat(far.nextHop(C.id(), B.id())).isNull();
        assertThat(far.keyOf(C.id())).isEqualTo(C.key());
    }

    @Test
    void shouldPreferTheShorterWayAndKnowTheOther() {
        name(MALLORY, 2, A.id());
        name(B, 1, null);

        assertThat(far.nextHop(C.id(), null)).isEqualTo(B.id());
        assertThat(far.nextHop(C.id(), B.id())).isEqualTo(MALLORY.id());
    }

    @Test
    void shouldKeepToTheWayItTookWhereBothAreOfOneLength() {
        name(MALLORY, 1, null);
        name(B, 1, null);
        name(MALLORY, 1, null);

        assertThat(far.nextHop(C.id(), null)).isEqualTo(MALLORY.id());
    }

    @Test
    void shouldKeepTheFirstKeyThatWasSaid() {
        name(B, 1, null);

        assertThat(far.name(MALLORY.id(), word(C.id(), MALLORY.key(), 1, null), 0))
                .isEqualTo(Naming.SAID_OTHERWISE);

        assertThat(far.keyOf(C.id())).isEqualTo(C.key());
        assertThat(far.nextHop(C.id(), B.id())).isNull();
    }

    @Test
    void shouldTakeTheAddressFromWhoeverIsLinkedWithTheServer() {
        name(MALLORY, 2, A.id());
        far.name(B.id(), new Word(C.id(), MALLORY.address(), C.key(), 2, A.id()), 0);
        assertThat(far.find(C.id()).address()).isEqualTo(C.address());

        far.name(B.id(), new Word(C.id(), B.address(), C.key(), 1, null), 0);

        assertThat(far.find(C.id()).address()).isEqualTo(B.address());
    }

    @Test
    void shouldHoldTheKeyOnTheWordOfThoseAloneWhoStillSayIt() {
        name(B, 1, null);
        name(MALLORY, 2, A.id());
        assertThat(far.find(C.id()).namedBy()).isEqualTo(B.id());

        far.drop(B.id(), C.id());

        assertThat(far.find(C.id()).namedBy()).isEqualTo(MALLORY.id());
    }

    @Test
    void shouldNeverBelieveAnotherKeyThanThePinnedOne() {
        link(C, new LinkId(3));
        peers.leave(new LinkId(3));

        assertThat(far.name(MALLORY.id(), word(C.id(), MALLORY.key(), 1, null), 0))
                .isEqualTo(Naming.PINNED_OTHERWISE);

        assertThat(far.keyOf(C.id())).isEqualTo(C.key());
    }

    @Test
    void shouldForgetWhatWasSaidUnderAnotherKeyOnceTheServerShowsItsOwn() {
        far.name(MALLORY.id(), word(C.id(), MALLORY.key(), 1, null), 0);

        assertThat(far.isProvenFalse(C.id(), C.key())).isTrue();
        assertThat(far.isProvenFalse(C.id(), C.key())).isFalse();

        assertThat(far.find(C.id())).isNull();
        assertThat(far.provenFalse()).isEqualTo(1);
    }

    @Test
    void shouldPreferLinkedServerItselfAndItsPeersOnceItIsGivenUp() {
        name(B, 1, null);
        link(C, new LinkId(3));
        assertThat(far.nextHop(C.id(), null)).isEqualTo(C.id());

        peers.leave(new LinkId(3));
        assertThat(far.nextHop(C.id(), null)).isEqualTo(C.id());
        peers.stopAwaiting(C.id());

        assertThat(far.nextHop(C.id(), null)).isEqualTo(B.id());
    }

    @Test
    void shouldNotLetMereClaimStandInTheWay() {
        name(B, 1, null);

        peers.join(
                C.id(),
                C.key(),
                C.address(),
                new PeerLink(new LinkId(3), PeerLink.Direction.INBOUND, false),
                LinkChoice.NEWEST);

        assertThat(far.isLinked(C.id())).isFalse();
        assertThat(far.nextHop(C.id(), null)).isEqualTo(B.id());

        peers.leave(new LinkId(3));

        assertThat(peers.isInReach(C.id())).isFalse();
        assertThat(far.nextHop(C.id(), null)).isEqualTo(B.id());
    }

    @Test
    void shouldDropAlsoWaysThatLeadBehindThePeerThatLostTheServer() {
        name(B, 1, null);
        name(MALLORY, 2, B.id());

        far.unname(B.id(), C.id(), 5);

        assertThat(far.nextHop(C.id(), B.id())).isNull();
    }

    @Test
    void shouldGoOnThroughThePeerThatLostTheServerUntilThatIsGivenUp() {
        name(B, 1, null);

        far.unname(B.id(), C.id(), 5);
        far.giveUp(4);
        assertThat(far.nextHop(C.id(), null)).isEqualTo(B.id());
        far.giveUp(5);

        assertThat(far.nextHop(C.id(), null)).isNull();
        assertThat(far.size()).isZero();
    }

    @Test
    void shouldLeaveThePeerThatLostTheServerForAnother() {
        name(B, 1, null);
        name(MALLORY, 3, A.id());

        far.unname(B.id(), C.id(), 5);

        assertThat(far.nextHop(C.id(), null)).isEqualTo(MALLORY.id());
    }

    @Test
    void shouldForgetWhatPeerHasNotSaidAgain() {
        far.name(B.id(), word(C.id(), C.key(), 1, null), 10);

        far.forget(B.id(), 10);
        assertThat(far.size()).isEqualTo(1);
        far.forget(B.id(), 11);

        assertThat(far.size()).isZero();
    }

    @Test
    void shouldReachNoFurtherThanTheBound() {
        assertThat(name(B, FarServers.HOPS_MAX - 1, A.id())).isEqualTo(Naming.TAKEN);

        assertThat(name(B, FarServers.HOPS_MAX, A.id())).isEqualTo(Naming.OUT_OF_REACH);

        assertThat(far.nextHop(C.id(), null)).isNull();
    }

    @Test
    void shouldTakeUpSoManyServersOnTheWordOfOne() {
        nameMany(B.id(), 0, FarServers.NAMED_BY_ONE_MAX);
        assertThat(far.size()).isEqualTo(FarServers.NAMED_BY_ONE_MAX);

        assertThat(far.name(B.id(), word(id(0x1000), C.key(), 1, null), 0))
                .isEqualTo(Naming.TOO_MANY);

        assertThat(name(MALLORY, 1, null)).isEqualTo(Naming.TAKEN);
    }

    @Test
    void shouldLeaveRoomForServersThatAreLinkedWithTheOneThatHearsOfMany() {
        for (int i = 0; i < FarServers.HEARSAY_OF_ONE_MAX; i++) {
            assertThat(far.name(B.id(), word(id(i), C.key(), 2, MALLORY.id()), 0))
                    .isEqualTo(Naming.TAKEN);
        }

        assertThat(far.name(B.id(), word(id(0x1000), C.key(), 2, MALLORY.id()), 0))
                .isEqualTo(Naming.TOO_MANY);

        assertThat(name(B, 1, null)).isEqualTo(Naming.TAKEN);
    }

    @Test
    void shouldBoundAllServersSaid() {
        for (int teller = 0; teller < 4; teller++) {
            nameMany(id(0x9000 + teller), 256 * teller, 256);
        }
        assertThat(far.size()).isEqualTo(FarServers.SERVERS_MAX);

        assertThat(name(B, 1, null)).isEqualTo(Naming.OUT_OF_REACH);

        assertThat(far.size()).isEqualTo(FarServers.SERVERS_MAX);
    }

    @Test
    void shouldRememberSoManyWaysToOneServerAndDropTheLongest() {
        for (int i = 0; i < FarServer.ROUTES_MAX; i++) {
            far.name(id(i), word(C.id(), C.key(), 2, A.id()), 0);
        }
        assertThat(far.find(C.id()).routes()).hasSize(FarServer.ROUTES_MAX);

        name(B, 1, null);

        assertThat(far.find(C.id()).routes()).hasSize(FarServer.ROUTES_MAX);
        assertThat(far.nextHop(C.id(), null)).isEqualTo(B.id());
    }

    private void nameMany(ServerId teller, int from, int count) {
        for (int i = from; i < from + count; i++) {
            far.name(teller, word(id(i), C.key(), 1, null), 0);
        }
    }

    private Naming name(Server teller, int hops, ServerId beyond) {
        return far.name(teller.id(), word(C.id(), C.key(), hops, beyond), 0);
    }

    private static Word word(ServerId server, RsaPublicKey key, int hops, ServerId beyond) {
        return new Word(server, C.address(), key, hops, beyond);
    }

    private static ServerId id(int number) {
        return new ServerId("%08x-0000-4000-8000-00000000000f".formatted(number));
    }

    private void link(Server server, LinkId link) {
        peers.join(
                server.id(),
                server.key(),
                server.address(),
                new PeerLink(link, PeerLink.Direction.INBOUND, true),
                LinkChoice.AGREED);
    }
}
