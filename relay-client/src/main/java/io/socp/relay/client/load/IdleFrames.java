package io.socp.relay.client.load;

import io.netty.buffer.ByteBuf;
import io.socp.relay.ownership.EventLoopConfined;

/** What someone hears who says nothing: only the end counts. Event-loop confined. */
@EventLoopConfined
final class IdleFrames implements LoadUser.Frames {

    private final Tally tally;

    IdleFrames(Tally tally) {
        this.tally = tally;
    }

    @Override
    public void onFrame(ByteBuf bytes, int index, int length) {
        // news of others
    }

    @Override
    public void onLost(String why) {
        tally.onError("CLOSED", why);
    }
}
