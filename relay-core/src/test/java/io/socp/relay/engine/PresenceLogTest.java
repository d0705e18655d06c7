package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.engine.PresenceLog.Page;
import io.socp.relay.engine.PresenceLog.Said;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.presence.Advertisement;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What relay B has said of its users, as A keeps it. Frames are 10 bytes long here. */
class PresenceLogTest {

    private static final Person DAVE =
            new Person(new UserId("dddddddd-0000-4000-8000-000000000004"), TestKeys.BOB);

    private final UserDirectory directory = new UserDirectory(A.id(), 100);
    private final PresenceLog log = new PresenceLog(directory, 30);

    @Test
    void shouldReplayWhatWasSaidInItsOrder() {
        OutboundFrame both = said(1, ALICE, BOB);
        OutboundFrame left = left(2, ALICE);
        OutboundFrame carol = said(3, CAROL);

        PresenceLog.Story story = log.of(B.id());

        assertThat(story.frames()).containsExactly(both, left, carol);
        assertThat(story.ghosts()).isEmpty();
    }

    @Test
    void shouldDropWhatSaysNothingAnyMore() {
        said(1, ALICE);
        left(2, ALICE);
        OutboundFrame bob = said(3, BOB);

        assertThat(log.of(B.id()).frames()).containsExactly(bob);
        assertThat(log.bytes()).isEqualTo(10);
    }

    @Test
    void shouldNameThoseWhoAreGoneWithoutWordOfTheirHome() {
        OutboundFrame both = said(1, ALICE, BOB);

        directory.release(ALICE.id(), B.id());

        assertThat(log.of(B.id()).frames()).containsExactly(both);
        assertThat(log.of(B.id()).ghosts()).containsExactly(ALICE.id());
    }

    @Test
    void shouldForgetTheOldestPastTheBound() {
        OutboundFrame alice = said(1, ALICE);
        OutboundFrame bob = said(2, BOB);
        OutboundFrame carol = said(3, CAROL);
        assertThat(log.of(B.id()).frames()).containsExactly(alice, bob, carol);
        assertThat(log.forgotten()).isZero();

        OutboundFrame dave = said(4, DAVE);

        assertThat(log.of(B.id()).frames()).containsExactly(bob, carol, dave);
        assertThat(log.forgotten()).isEqualTo(1);
    }

    @Test
    void shouldHoldNothingOfServerWhoseUsersWereAllDropped() {
        said(1, ALICE);
        said(2, BOB, CAROL);
        assertThat(log.size()).isEqualTo(2);

        directory.sweep(B.id(), 3);
        log.onGone(B.id());

        assertThat(log.size()).isZero();
        assertThat(log.bytes()).isZero();
    }

    @Test
    void shouldDropFrameOfOneUserAsSoonAsSomethingElseIsSaidOfHim() {
        said(1, ALICE);
        said(2, ALICE);
        assertThat(log.size()).isEqualTo(1);
        assertThat(log.bytes()).isEqualTo(10);

        said(3, ALICE, BOB);
        assertThat(log.size()).isEqualTo(1);

        OutboundFrame carol = said(4, CAROL);
        OutboundFrame left = left(5, CAROL);
        assertThat(log.size()).isEqualTo(2);
        assertThat(log.of(B.id()).frames()).doesNotContain(carol, left);
    }

    @Test
    void shouldKeepFrameOfOneUserBehindWhichAnOlderOneComes() {
        OutboundFrame alice = said(2, ALICE);

        said(1, ALICE, BOB);

        assertThat(log.of(B.id()).frames()).contains(alice);
    }

    private OutboundFrame said(long ts, Person... users) {
        List<Said> said = Stream.of(users).map(user -> new Said(user.id(), ts)).toList();
        for (Person user : users) {
            var advertise =
                    new UserAdvertise(B.id(), user.id(), B.id(), ts, user.key(), JsonObject.EMPTY);
            directory.apply(advertise, present(advertise), ts);
        }
        return add(said, List.of());
    }

    private OutboundFrame left(long ts, Person user) {
        directory.apply(new UserRemove(B.id(), user.id(), B.id(), ts));
        return add(List.of(), List.of(user.id()));
    }

    private OutboundFrame add(List<Said> added, List<UserId> removed) {
        OutboundFrame frame = OutboundFrame.asReceived(Envelopes.heartbeat(B).build());
        log.add(B.id(), new Page(frame, 10, added, removed));
        return frame;
    }

    private static PresentUser present(UserAdvertise said) {
        OutboundFrame frame = OutboundFrame.asReceived(Envelopes.heartbeat(B).build());
        return new PresentUser(
                said.user(),
                new UserLocation.Remote(B.id()),
                said.key(),
                null,
                said.ts(),
                new Advertisement(said, frame, (_, _, _) -> frame));
    }
}
