package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * What a sender hears: errors about its messages, and things it does not mind. Event-loop confined.
 */
@EventLoopConfined
final class SenderFrames implements LoadUser.Frames {

    private final MessageStream stream;
    private final Tally tally;

    SenderFrames(MessageStream stream, Tally tally) {
        this.stream = stream;
        this.tally = tally;
    }

    @Override
    public void onFrame(ByteBuf bytes, int index, int length) {
        if (Notice.isError(bytes, index, length)) {
            tally.onError(Notice.code(bytes, index, length), bytes.toString(index, length, UTF_8));
            stream.onRefused();
        }
    }

    @Override
    public void onLost(String why) {
        tally.onError("CLOSED", why);
        stream.stop();
    }
}
