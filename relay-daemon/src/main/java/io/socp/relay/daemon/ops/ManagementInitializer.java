package io.socp.relay.daemon.ops;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.socp.relay.limit.Limits;
import io.socp.relay.ownership.ThreadSafe;
import java.util.function.Supplier;

/** The pipeline of the management port. Thread-safe. */
@ThreadSafe
@Sharable
public final class ManagementInitializer extends ChannelInitializer<Channel> {

    private static final int REQUEST_BYTES_MAX = 8 * 1024;
    private static final int SILENCE_MAX_SECONDS = 10;

    private final ManagementAnswers answers;
    private final OperatorLimit limit;

    /**
     * A pipeline for these answers.
     *
     * @param access asked at each request
     */
    public ManagementInitializer(
            RelayMetrics metrics,
            LoopPulse pulse,
            Readiness readiness,
            Inventory inventory,
            Operations operations,
            Supplier<Access> access,
            Limits limits) {
        this.limit = new OperatorLimit(limits);
        this.answers =
                new ManagementAnswers(
                        metrics,
                        pulse,
                        readiness,
                        inventory,
                        new Orders(operations),
                        new Traces(inventory.server(), operations),
                        access);
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline()
                .addLast("connection-limit", limit)
                .addLast("read-timeout", new ReadTimeoutHandler(SILENCE_MAX_SECONDS))
                .addLast("http-codec", new HttpServerCodec())
                .addLast("http-aggregator", new HttpObjectAggregator(REQUEST_BYTES_MAX))
                .addLast("answers", answers);
    }
}
