package io.socp.relay.daemon.deliver;

import io.socp.relay.engine.Complaint;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.sign.Priority;
import org.jspecify.annotations.Nullable;

/**
 * A user's frame on its way to a peer. Immutable; the array is never written to.
 *
 * @param bytes the encoded envelope; sent again, it is the same message to whoever has it
 * @param needs the link, where nothing else proves the frame
 * @param deadlineNs when it is given up unless it was written, monotonic
 * @param staleNs when others would no longer accept it; until then one that was written and not
 *     confirmed is tried again, since it may have arrived
 * @param sinceNs when it was read, or made; monotonic
 * @param complaint what its author is told then; null for what is meant for all
 */
@Immutable
@SuppressWarnings("ArrayRecordComponent")
record Parcel(
        byte[] bytes,
        Priority priority,
        FrameProof needs,
        long deadlineNs,
        long staleNs,
        long sinceNs,
        @Nullable Complaint complaint) {

    /** One that any link may carry. */
    Parcel(
            byte[] bytes,
            Priority priority,
            long deadlineNs,
            long staleNs,
            @Nullable Complaint complaint) {
        this(bytes, priority, FrameProof.SIGNATURE, deadlineNs, staleNs, 0, complaint);
    }

    /** What holding a frame costs beside its bytes, about. */
    private static final int OVERHEAD_BYTES = 200;

    /** What it takes of the room. */
    long cost() {
        return (long) bytes.length + OVERHEAD_BYTES;
    }

    /** The same after it was written on a link that was lost. */
    Parcel inDoubt() {
        return new Parcel(bytes, priority, needs, staleNs, staleNs, sinceNs, complaint);
    }

    boolean isFile() {
        return priority == Priority.FILE;
    }
}
