package io.socp.relay.client.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.socp.relay.ownership.EventLoopConfined;

/** The frames of one sender, made before the run. Event-loop confined. */
@EventLoopConfined
interface Script {

    /**
     * The frame of this number, counted from 0 and taken in turn; to a server it is unlike every
     * one before it. The caller releases it.
     */
    ByteBuf next(ByteBufAllocator allocator, int number);
}
