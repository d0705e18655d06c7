package io.socp.relay.daemon.link;

import io.netty.buffer.ByteBuf;
import io.socp.relay.sign.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer's link takes users' frames from whenever it can write. Called on the link's loop.
 */
public interface Supply {

    /** Of a link that is no peer's. */
    Supply NONE =
            new Supply() {
                @Override
                public @Nullable ByteBuf next(Priority least) {
                    return null;
                }

                @Override
                public void onPong(long number) {
                    // Nobody has asked.
                }

                @Override
                public void onClosed() {
                    // Nothing was taken.
                }
            };

    /**
     * The next frame, which is being written; the reference is the caller's. Null when none waits.
     *
     * @param least how urgent it must be
     */
    @Nullable ByteBuf next(Priority least);

    /** The other end has read all that was written before the ping with this number. */
    void onPong(long number);

    /** The link is closed. */
    void onClosed();
}
