package io.socp.relay.daemon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Pressure;
import io.socp.relay.limit.Pressure.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {

    private final OperatorLog log = new OperatorLog();
    private final Pressure pressure = new Pressure(new Limits(LimitOptions.standard()));
    private final AtomicInteger collections = new AtomicInteger();
    private double heap;
    private double direct;
    private final MemoryWatch watch =
            new MemoryWatch(pressure, () -> heap, () -> direct, collections::incrementAndGet);

    @AfterEach
    void release() {
        log.close();
    }

    @Test
    void shouldGoByWhicheverIsFuller() {
        heap = 10;
        direct = 96;

        watch.look();

        assertThat(pressure.level()).isEqualTo(Level.DIRECT);
        assertThat(log.lines()).hasSize(1).first().asString().contains("memory is short, DIRECT");
    }

    @Test
    void shouldTellTheOperatorOnceOfEachChange() {
        heap = 80;
        watch.look();
        watch.look();
        heap = 20;
        watch.look();
        watch.look();

        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().getLast()).contains("memory suffices again");
    }

    @Test
    void shouldAskForACollectionWhereNoneComesByItself() {
        heap = 80;
        for (int i = 0; i < MemoryWatch.LOOKS_PER_COLLECTION; i++) {
            watch.look();
        }
        int before = collections.get();

        watch.look();

        assertThat(before).isZero();
        assertThat(collections).hasValue(1);
    }

    @Test
    void shouldAskForNothingWhileThereIsRoom() {
        for (int i = 0; i < 3 * MemoryWatch.LOOKS_PER_COLLECTION; i++) {
            watch.look();
        }

        assertThat(collections).hasValue(0);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void shouldReadThisProcess() {
        new MemoryWatch(pressure).look();

        assertThat(pressure.level()).isEqualTo(Level.NONE);
    }
}
