package io.socp.relay.daemon.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.socp.relay.daemon.testing.LeakCheck;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class BroadcastRoundTest {

    private static final int LARGE = BroadcastRound.LARGE_LINKS;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final BroadcastRound round = new BroadcastRound(channel.eventLoop());

    BroadcastRoundTest() {
        channel.freezeTime();
    }

    @AfterEach
    void finish() {
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runPendingTasks();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldFlushASmallRoundAtOnce() {
        SharedFrame frame = round.add(new byte[10], LARGE - 1);

        channel.runPendingTasks();

        assertThat(frame.run().refCnt()).isZero();
    }

    @Test
    void shouldLetALargeRoundWaitALittleForMore() {
        SharedFrame first = round.add(new byte[10], LARGE);
        channel.runPendingTasks();
        SharedFrame second = round.add(new byte[10], LARGE);
        int held = first.run().refCnt();

        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();

        assertThat(held).isOne();
        assertThat(first.run().refCnt()).isZero();
        assertThat(second.run().refCnt()).isZero();
    }

    @Test
    void shouldFlushNothingWhileFramesAreBeingShared() {
        round.hold();
        SharedFrame frame = round.add(new byte[10], 1);
        channel.runPendingTasks();
        int held = frame.run().refCnt();

        round.release();
        channel.runPendingTasks();

        assertThat(held).isOne();
        assertThat(frame.run().refCnt()).isZero();
    }

    @Test
    void shouldPutNoMoreIntoARunThanItsBound() {
        int each = 1_000;
        SharedFrame last = round.add(new byte[each], 1);
        int longest = 0;
        for (int i = 0; i < 200; i++) {
            last = round.add(new byte[each], 1);
            longest = Math.max(longest, last.run().capacity());
        }

        assertThat(longest).isEqualTo(BroadcastRound.RUN_BYTES_MAX);
    }

    @Test
    void shouldGiveALongFrameARunOfItsOwn() {
        round.add(new byte[10], 1);

        SharedFrame longFrame = round.add(new byte[BroadcastRound.RUN_BYTES_MAX], 1);

        assertThat(longFrame.start()).isZero();
        assertThat(longFrame.end()).isGreaterThan(BroadcastRound.RUN_BYTES_MAX);
    }

    @Test
    void shouldKeepLittleMoreThanThereIsWhenFramesAreFew() {
        SharedFrame only = round.add(new byte[200], 1);
        int first = only.run().capacity();
        SharedFrame second = round.add(new byte[200], 1);

        assertThat(first).isLessThan(220);
        assertThat(second.run().capacity()).isLessThan(440);
    }
}
