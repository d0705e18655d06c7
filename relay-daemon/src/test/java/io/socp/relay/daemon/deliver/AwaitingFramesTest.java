package io.socp.relay.daemon.deliver;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.socp.relay.engine.Intake;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Vetted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Alice writes to people who are away. */
class AwaitingFramesTest {

    private static final LinkIdentity LINK = Stages.linkOf(ALICE);

    private final WaitingRoom room = new WaitingRoom();
    private final Set<UserId> away = new HashSet<>(Set.of(BOB.id(), CAROL.id()));
    private final List<Intake.Waiting> released = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AwaitingFrames frames =
            new AwaitingFrames(room, channel.eventLoop(), away::contains, this::release);

    private boolean isBroken;

    @Test
    void shouldReleaseInTheOrderOfArrivalWhatIsForThoseWhoHaveCome() {
        Intake.Waiting one = message(BOB, "one");
        Intake.Waiting two = message(CAROL, "two");
        Intake.Waiting three = message(BOB, "three");
        frames.hold(one, LINK);
        frames.hold(two, LINK);
        frames.hold(three, LINK);

        away.remove(BOB.id());
        pass();

        assertThat(released).containsExactly(one, three);
        assertThat(room.frames()).isEqualTo(1);
    }

    @Test
    void shouldHoldSoManyFramesOfALinkAndNotOneMore() {
        Intake.Waiting message = message(BOB, "short");
        for (int i = 0; i < AwaitingFrames.FRAMES_MAX - 1; i++) {
            frames.hold(message, LINK);
        }

        assertThat(frames.hold(message, LINK)).isTrue();
        assertThat(frames.hold(message, LINK)).isFalse();
    }

    @Test
    void shouldHoldSoManyBytesOfALinkAndNotOneFrameMore() {
        Intake.Waiting message = message(BOB, "long ".repeat(20_000));
        int length = message.vetted().envelope().bytes().length;
        for (int i = 0; i < AwaitingFrames.BYTES_MAX / length; i++) {
            assertThat(frames.hold(message, LINK)).isTrue();
        }

        assertThat(frames.hold(message, LINK)).isFalse();
    }

    @Test
    void shouldHaveRoomAgainOnceSomethingIsReleased() {
        Intake.Waiting message = message(BOB, "short");
        for (int i = 0; i < AwaitingFrames.FRAMES_MAX; i++) {
            frames.hold(message, LINK);
        }

        away.clear();
        pass();

        assertThat(room.frames()).isZero();
        assertThat(frames.hold(message, LINK)).isTrue();
    }

    @Test
    void shouldLetSoManyFramesOfAllLinksWaitAndNotOneMore() {
        for (int i = 0; i < WaitingRoom.FRAMES_MAX; i++) {
            assertThat(room.enter(1)).isTrue();
        }

        assertThat(room.enter(1)).isFalse();
        room.leave(1);
        assertThat(room.enter(1)).isTrue();
        assertThat(room.frames()).isEqualTo(WaitingRoom.FRAMES_MAX);
    }

    @Test
    void shouldLetSoManyBytesOfAllLinksWaitAndNotOneMore() {
        assertThat(room.enter((int) WaitingRoom.BYTES_MAX)).isTrue();

        assertThat(room.enter(1)).isFalse();
        assertThat(room.frames()).isEqualTo(1);
        room.leave((int) WaitingRoom.BYTES_MAX);
        assertThat(room.enter((int) WaitingRoom.BYTES_MAX)).isTrue();
    }

    @Test
    void shouldReleaseFirstWhatWasOnItsWayAlready() {
        Intake.Waiting later = message(BOB, "later");
        Intake.Waiting earlier = message(BOB, "earlier");
        frames.hold(later, LINK);
        frames.holdBack(earlier, LINK);

        away.clear();
        pass();

        assertThat(released).containsExactly(earlier, later);
    }

    @Test
    void shouldLookAgainAsLongAsSomethingWaits() {
        frames.hold(message(BOB, "one"), LINK);
        pass();
        pass();
        boolean isReleasedEarly = !released.isEmpty();

        away.clear();
        pass();

        assertThat(isReleasedEarly).isFalse();
        assertThat(released).hasSize(1);
    }

    @Test
    void shouldReleaseAtOnceWhatIsForOneWhoHasComeAndNothingElse() {
        Intake.Waiting one = message(BOB, "one");
        frames.hold(one, LINK);
        frames.hold(message(CAROL, "two"), LINK);
        away.clear();

        frames.release(BOB.id());

        assertThat(released).containsExactly(one);
        assertThat(room.frames()).isEqualTo(1);
    }

    @Test
    void shouldLoseNothingWhenAReleaseFails() {
        isBroken = true;
        frames.hold(message(BOB, "one"), LINK);
        frames.hold(message(BOB, "two"), LINK);
        frames.hold(message(CAROL, "three"), LINK);
        away.clear();

        pass();
        isBroken = false;
        pass();

        assertThat(released).hasSize(2);
        assertThat(room.frames()).isZero();
    }

    private void release(AwaitingFrames.Held held) {
        if (isBroken) {
            throw new IllegalStateException("broken");
        }
        released.add(held.frame());
    }

    private void pass() {
        channel.advanceTimeBy(AwaitingFrames.INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private static Intake.Waiting message(Person to, String text) {
        Envelope envelope =
                Envelopes.msgDirect(ALICE, to)
                        .with("ciphertext", Envelopes.sealed(text))
                        .ts(Stages.START.epochMs())
                        .build();
        Vetted vetted = (Vetted) Stages.vet(Actors.ALL_KEYS, envelope, LINK);
        return new Intake.Waiting(vetted, ALICE.id(), to.id());
    }
}
