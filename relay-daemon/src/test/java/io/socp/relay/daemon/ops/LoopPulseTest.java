package io.socp.relay.daemon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.socp.relay.testing.VirtualClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopPulseTest {

    private final VirtualClock clock = new VirtualClock();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final LoopPulse pulse = new LoopPulse(clock);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldSayByHowMuchTheLastBeatCameTooLate() {
        pulse.beat(channel.eventLoop());
        long before = pulse.worstDelayNs();

        beatAfter(1_000);
        long onTime = pulse.worstDelayNs();
        beatAfter(1_250);
        long late = pulse.worstDelayNs();
        beatAfter(1_000);

        assertThat(before).isZero();
        assertThat(onTime).isZero();
        assertThat(late).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
        assertThat(pulse.worstDelayNs()).isZero();
    }

    @Test
    void shouldNotBeAliveWhereNoBeatHasComeForLong() {
        pulse.beat(channel.eventLoop());

        clock.advanceMs(9_999);
        boolean justBefore = pulse.isAlive();
        clock.advanceMs(1);

        assertThat(justBefore).isTrue();
        assertThat(pulse.isAlive()).isFalse();
    }

    private void beatAfter(long ms) {
        clock.advanceMs(ms);
        pulse.beat(channel.eventLoop());
    }
}
