package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.VirtualClock;
import io.socp.relay.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventLoopsTest {

    private final VirtualClock clock = new VirtualClock();

    /** It would wait for ever: the clock stands, and so does the task. */
    @Test
    @Timeout(60)
    void shouldNotWaitForAStuckLoopWhenTheTimeIsUp() throws Exception {
        EventLoops loops = new EventLoops(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        var task =
                loops.workers()
                        .submit(() -> {
                            begun.countDown();
                            stuck.await();
                            return Boolean.TRUE;
                        });
        begun.await();

        loops.close(Deadline.in(Duration.ZERO, clock));
        boolean isStillStuck = !task.isDone();
        stuck.countDown();
        loops.workers().terminationFuture().sync();

        assertThat(isStillStuck).isTrue();
    }

    @Test
    void shouldEndAllLoopsInTime() {
        EventLoops loops = new EventLoops(1);

        loops.close(Deadline.in(Duration.ofMinutes(1), clock));

        assertThat(loops.workers().isTerminated()).isTrue();
        assertThat(loops.acceptors().isTerminated()).isTrue();
        assertThat(loops.operators().isTerminated()).isTrue();
    }
}
