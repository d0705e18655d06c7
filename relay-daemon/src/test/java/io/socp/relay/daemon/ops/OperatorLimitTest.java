package io.socp.relay.daemon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorLimitTest {

    private final Limits limits = new Limits(LimitOptions.standard());
    private final int max = limits.now().connections().operatorsMax();
    private final OperatorLimit limit = new OperatorLimit(limits);
    private final List<EmbeddedChannel> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void shouldTakeAsManyAsTheBoundAndNoMore() {
        for (int i = 0; i < max; i++) {
            assertThat(connect().isOpen()).isTrue();
        }

        assertThat(connect().isOpen()).isFalse();

        open.getFirst().finishAndReleaseAll();
        assertThat(connect().isOpen()).isTrue();
        assertThat(connect().isOpen()).isFalse();
    }

    @Test
    void shouldNotCountTheEndOfOneThatItHasNotCounted() {
        EmbeddedChannel late = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        late.pipeline().addFirst(limit);
        late.finishAndReleaseAll();

        for (int i = 0; i < max; i++) {
            assertThat(connect().isOpen()).isTrue();
        }
        assertThat(connect().isOpen()).isFalse();
    }

    private EmbeddedChannel connect() {
        EmbeddedChannel channel = new EmbeddedChannel(limit);
        open.add(channel);
        return channel;
    }
}
