package io.socp.relay.daemon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {

    private static final int MUCH = 32 << 20;

    @Test
    void shouldCountWhatIsHeld() {
        ByteBuf held = UnpooledByteBufAllocator.DEFAULT.directBuffer(MUCH);
        try {
            assertThat(DirectMemory.usedBytes())
                    .isGreaterThanOrEqualTo(MUCH)
                    .isLessThanOrEqualTo(DirectMemory.maxBytes());
            assertThat(DirectMemory.usedPercent()).isPositive().isLessThanOrEqualTo(100);
        } finally {
            held.release();
        }
    }
}
