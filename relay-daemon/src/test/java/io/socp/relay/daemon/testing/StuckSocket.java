package io.socp.relay.daemon.testing;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;

/** A socket whose other end does not read: flushes do nothing; and a count of reads asked for. */
public final class StuckSocket extends ChannelDuplexHandler {

    private final EmbeddedChannel channel;
    private boolean stuck = true;
    private int reads;

    private StuckSocket(EmbeddedChannel channel) {
        this.channel = channel;
    }

    /** Lets nothing through on this channel from now on. */
    public static StuckSocket on(EmbeddedChannel channel) {
        StuckSocket stuck = new StuckSocket(channel);
        channel.pipeline().addFirst(stuck);
        return stuck;
    }

    /** The other end reads what there is, and on. */
    public void drain() {
        stuck = false;
        channel.flush();
        channel.runPendingTasks();
    }

    /** Reads that were asked for by hand, beyond auto-read. */
    public int reads() {
        return reads;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (!stuck) {
            ctx.flush();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        reads++;
        ctx.read();
    }
}
