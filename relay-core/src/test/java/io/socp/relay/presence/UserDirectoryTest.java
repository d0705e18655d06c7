package io.socp.relay.presence;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.presence.UserLocation.Local;
import io.socp.relay.presence.UserLocation.Remote;
import io.socp.relay.presence.UserLocation.Unknown;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The directory is relay A's; times of advertisements are small numbers. */
class UserDirectoryTest {

    private static final LinkId LINK = new LinkId(1);

    private final UserDirectory directory = new UserDirectory(A.id(), 100);

    @Test
    void shouldKnowNobodyAtFirst() {
        assertThat(directory.locate(ALICE.id())).isEqualTo(new Unknown());
        assertThat(directory.find(ALICE.id())).isNull();
        assertThat(directory.size()).isZero();
        assertThat(directory.pageAfter("", 10)).isEmpty();
    }

    @Test
    void shouldKnowLocalUserUntilItLeaves() {
        assertThat(directory.arrive(local(ALICE, 5))).isEqualTo(PresenceChange.APPLIED);
        assertThat(directory.locate(ALICE.id())).isEqualTo(new Local(LINK));
        assertThat(directory.locals()).extracting(PresentUser::user).containsExactly(ALICE.id());

        directory.depart(ALICE.id(), 6);

        assertThat(directory.locate(ALICE.id())).isEqualTo(new Unknown());
        assertThat(directory.locals()).isEmpty();
        assertThat(directory.size()).isZero();
    }

    @Test
    void shouldRefuseLocalUserWhoIsOnlineAnywhere() {
        directory.arrive(local(ALICE, 5));
        advertise(BOB, B.id(), 5);

        assertThat(directory.arrive(local(ALICE, 6))).isEqualTo(PresenceChange.CONFLICT);
        assertThat(directory.arrive(local(BOB, 6))).isEqualTo(PresenceChange.CONFLICT);
        assertThat(directory.find(ALICE.id()).advertisedTs()).isEqualTo(5);
        assertThat(directory.locate(BOB.id())).isEqualTo(new Remote(B.id()));
    }

    @Test
    void shouldNotLetGossipTakeLocalUser() {
        directory.arrive(local(ALICE, 5));

        assertThat(advertise(ALICE, B.id(), 100)).isEqualTo(PresenceChange.CONFLICT);
        assertThat(directory.apply(new UserRemove(B.id(), ALICE.id(), B.id(), 100)))
                .isEqualTo(PresenceChange.STALE);
        assertThat(directory.apply(new UserRemove(A.id(), ALICE.id(), A.id(), 100)))
                .isEqualTo(PresenceChange.STALE);
        assertThat(directory.locate(ALICE.id())).isEqualTo(new Local(LINK));
    }

    @Test
    void shouldApplyAdvertisementOnce() {
        assertThat(advertise(BOB, B.id(), 5)).isEqualTo(PresenceChange.APPLIED);
        assertThat(advertise(BOB, B.id(), 5)).isEqualTo(PresenceChange.CONFIRMED);
        assertThat(advertise(BOB, B.id(), 4)).isEqualTo(PresenceChange.STALE);
        assertThat(directory.locate(BOB.id())).isEqualTo(new Remote(B.id()));
    }

    @Test
    void shouldFollowTheNewerAdvertisement() {
        advertise(BOB, B.id(), 5);

        assertThat(advertise(BOB, C.id(), 4)).isEqualTo(PresenceChange.STALE);
        assertThat(advertise(BOB, C.id(), 5)).isEqualTo(PresenceChange.STALE);
        assertThat(directory.locate(BOB.id())).isEqualTo(new Remote(B.id()));
        assertThat(advertise(BOB, C.id(), 6)).isEqualTo(PresenceChange.APPLIED);
        assertThat(directory.locate(BOB.id())).isEqualTo(new Remote(C.id()));
    }

    @Test
    void shouldRefuseToChangeKeyOfUserOnline() {
        advertise(BOB, B.id(), 5);

        PresenceChange change = advertise(BOB.id(), CAROL.key(), C.id(), 6);

        assertThat(change).isEqualTo(PresenceChange.CONFLICT);
        assertThat(directory.find(BOB.id()).key()).isEqualTo(BOB.key());
    }

    @Test
    void shouldKeepKnownKeyWhenNewerAdvertisementBringsNone() {
        advertise(BOB, B.id(), 5);

        PresenceChange change = advertise(BOB.id(), null, C.id(), 6);

        assertThat(change).isEqualTo(PresenceChange.APPLIED);
        assertThat(directory.find(BOB.id()).key()).isEqualTo(BOB.key());
        assertThat(advertise(BOB.id(), CAROL.key(), C.id(), 7)).isEqualTo(PresenceChange.CONFLICT);
    }

    @Test
    void shouldLearnKeyThatWasNotKnown() {
        advertise(BOB.id(), null, B.id(), 5);

        advertise(BOB, B.id(), 6);

        assertThat(directory.find(BOB.id()).key()).isEqualTo(BOB.key());
    }

    @Test
    void shouldRemoveOnlyWhileMappingPointsThere() {
        advertise(BOB, B.id(), 5);
        advertise(BOB, C.id(), 6);

        assertThat(remove(BOB, B.id(), 7)).isEqualTo(PresenceChange.STALE);
        assertThat(directory.locate(BOB.id())).isEqualTo(new Remote(C.id()));
        assertThat(remove(BOB, C.id(), 5)).isEqualTo(PresenceChange.STALE);
        assertThat(remove(BOB, C.id(), 7)).isEqualTo(PresenceChange.APPLIED);
        assertThat(directory.locate(BOB.id())).isEqualTo(new Unknown());
        assertThat(remove(BOB, C.id(), 8)).isEqualTo(PresenceChange.STALE);
    }

    @Test
    void shouldNotBringBackRemovedUserByLateAdvertisement() {
        advertise(BOB, B.id(), 5);
        remove(BOB, B.id(), 7);

        assertThat(advertise(BOB, B.id(), 5)).isEqualTo(PresenceChange.STALE);
        assertThat(advertise(BOB, B.id(), 7)).isEqualTo(PresenceChange.STALE);
        assertThat(advertise(BOB, B.id(), 8)).isEqualTo(PresenceChange.APPLIED);
    }

    @Test
    void shouldAdvertiseReturningUserLaterThanItsRemoval() {
        assertThat(directory.nextTs(BOB.id(), 50)).isEqualTo(50);

        advertise(BOB, B.id(), 5);
        remove(BOB, B.id(), 60);

        assertThat(directory.nextTs(BOB.id(), 50)).isEqualTo(61);
        assertThat(directory.nextTs(BOB.id(), 70)).isEqualTo(70);
    }

    @Test
    void shouldRefuseOneUserPastTheBound() {
        var small = new UserDirectory(A.id(), 2);

        assertThat(small.arrive(local(ALICE, 1))).isEqualTo(PresenceChange.APPLIED);
        assertThat(apply(small, BOB.id(), BOB.key(), B.id(), 1)).isEqualTo(PresenceChange.APPLIED);
        assertThat(apply(small, CAROL.id(), CAROL.key(), B.id(), 1)).isEqualTo(PresenceChange.FULL);
        assertThat(small.arrive(local(CAROL, 1))).isEqualTo(PresenceChange.FULL);
        assertThat(apply(small, BOB.id(), BOB.key(), C.id(), 2)).isEqualTo(PresenceChange.APPLIED);
        small.depart(ALICE.id(), 2);

        assertThat(small.arrive(local(CAROL, 3))).isEqualTo(PresenceChange.APPLIED);
        assertThat(small.size()).isEqualTo(2);
    }

    @Test
    void shouldRefuseOneUserPastTheShareOfItsServer() {
        var shared = new UserDirectory(A.id(), 100, 2);
        apply(shared, ALICE.id(), ALICE.key(), B.id(), 1);
        apply(shared, BOB.id(), BOB.key(), B.id(), 1);
        UserId fourth = new UserId("dddddddd-0000-4000-8000-000000000004");

        assertThat(apply(shared, CAROL.id(), CAROL.key(), B.id(), 1))
                .isEqualTo(PresenceChange.BEYOND_SHARE);
        assertThat(apply(shared, CAROL.id(), CAROL.key(), C.id(), 1))
                .isEqualTo(PresenceChange.APPLIED);
        assertThat(apply(shared, CAROL.id(), CAROL.key(), B.id(), 2))
                .isEqualTo(PresenceChange.BEYOND_SHARE);
        assertThat(apply(shared, BOB.id(), BOB.key(), B.id(), 2)).isEqualTo(PresenceChange.APPLIED);
        shared.apply(new UserRemove(B.id(), BOB.id(), B.id(), 3));

        assertThat(apply(shared, fourth, null, B.id(), 4)).isEqualTo(PresenceChange.APPLIED);
    }

    @Test
    void shouldPageThroughUsersInOrder() {
        List<UserId> ids =
                IntStream.range(0, 25).mapToObj(i -> new UserId("u" + (char) ('a' + i))).toList();
        ids.reversed().forEach(id -> advertise(id, null, B.id(), 1));

        List<PresentUser> first = directory.pageAfter("", 10);
        List<PresentUser> second = directory.pageAfter(first.getLast().user().value(), 10);
        List<PresentUser> third = directory.pageAfter(second.getLast().user().value(), 10);

        assertThat(first).extracting(PresentUser::user).isEqualTo(ids.subList(0, 10));
        assertThat(second).extracting(PresentUser::user).isEqualTo(ids.subList(10, 20));
        assertThat(third).extracting(PresentUser::user).isEqualTo(ids.subList(20, 25));
        assertThat(directory.pageAfter("u~", 10)).isEmpty();
        assertThat(directory.pageAfter("ub-not-there", 1))
                .extracting(PresentUser::user)
                .containsExactly(new UserId("uc"));
    }

    @Test
    void shouldSweepUsersOfOneServerThatWereNotNamedSince() {
        apply(directory, ALICE.id(), ALICE.key(), B.id(), 1, 10);
        apply(directory, BOB.id(), BOB.key(), B.id(), 1, 10);
        apply(directory, CAROL.id(), CAROL.key(), C.id(), 1, 10);
        apply(directory, BOB.id(), BOB.key(), B.id(), 1, 20);

        List<UserId> gone = directory.sweep(B.id(), 20);

        assertThat(gone).containsExactly(ALICE.id());
        assertThat(directory.everyone())
                .extracting(PresentUser::user)
                .containsExactlyInAnyOrder(BOB.id(), CAROL.id());
        assertThat(directory.sweep(B.id(), 21)).containsExactly(BOB.id());
        assertThat(directory.sweep(B.id(), 22)).isEmpty();
    }

    @Test
    void shouldTakeSweptUserBackByTheSameAdvertisement() {
        advertise(BOB, B.id(), 5);
        directory.sweep(B.id(), 1);

        assertThat(advertise(BOB, B.id(), 5)).isEqualTo(PresenceChange.APPLIED);
    }

    @Test
    void shouldNotSweepUserWhoMovedAway() {
        advertise(BOB, B.id(), 5);
        advertise(BOB, C.id(), 6);

        assertThat(directory.sweep(B.id(), Long.MAX_VALUE)).isEmpty();
        assertThat(directory.locate(BOB.id())).isEqualTo(new Remote(C.id()));
    }

    private static PresentUser local(Person person, long ts) {
        return user(person.id(), person.key(), new Local(LINK), ts);
    }

    private static PresentUser user(UserId id, RsaPublicKey key, UserLocation where, long ts) {
        var frame = OutboundFrame.asReceived(Envelopes.ctrlClose().build());
        var said = new UserAdvertise(B.id(), id, B.id(), ts, key, JsonObject.EMPTY);
        var advertisement = new Advertisement(said, frame, (_, _, _) -> frame);
        return new PresentUser(id, where, key, null, ts, advertisement);
    }

    private PresenceChange advertise(Person person, ServerId home, long ts) {
        return advertise(person.id(), person.key(), home, ts);
    }

    private PresenceChange advertise(UserId user, RsaPublicKey key, ServerId home, long ts) {
        return apply(directory, user, key, home, ts);
    }

    private PresenceChange remove(Person person, ServerId home, long ts) {
        return directory.apply(new UserRemove(home, person.id(), home, ts));
    }

    private static PresenceChange apply(
            UserDirectory to, UserId user, RsaPublicKey key, ServerId home, long ts) {
        return apply(to, user, key, home, ts, 0);
    }

    private static PresenceChange apply(
            UserDirectory to, UserId user, RsaPublicKey key, ServerId home, long ts, long nowNs) {
        return to.apply(
                new UserAdvertise(home, user, home, ts, key, JsonObject.EMPTY),
                user(user, key, new Remote(home), ts),
                nowNs);
    }
}
