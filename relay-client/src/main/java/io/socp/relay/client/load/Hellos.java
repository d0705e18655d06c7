package io.socp.relay.client.load;

import io.netty.buffer.ByteBuf;
import io.socp.relay.identity.UserId;
import java.util.concurrent.CompletionStage;

/** The first frames of users, and what makes an answer a good one. */
interface Hellos {

    /**
     * The first frame on a connection that is open now, of a user with the key of this number;
     * completes at once, or on another thread.
     */
    CompletionStage<OutgoingFrame> of(UserId user, int key, LoadChannel opened);

    /** Why the first frame of a server, which is no ERROR, is not what was asked for; or "". */
    String complaint(ByteBuf bytes, int index, int length);
}
