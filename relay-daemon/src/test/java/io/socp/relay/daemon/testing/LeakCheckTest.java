package io.socp.relay.daemon.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class LeakCheckTest {

    @Test
    void shouldFindABufferThatNobodyReleased() throws InterruptedException {
        leak();

        LeakCheck.collect();
        LeakCheck.collect();
        List<String> leaks = LeakCheck.takeLeaks();

        assertThat(leaks).hasSize(1);
    }

    @Test
    void shouldBeSilentAboutABufferThatWasReleased() throws InterruptedException {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
        buffer.release();

        LeakCheck.collect();
        LeakCheck.collect();
        List<String> leaks = LeakCheck.takeLeaks();

        assertThat(leaks).isEmpty();
    }

    private static void leak() {
        ByteBuf forgotten = PooledByteBufAllocator.DEFAULT.directBuffer(16);
        forgotten.touch("left on purpose by LeakCheckTest");
    }
}
