package io.socp.relay.daemon.deliver;

import io.netty.buffer.ByteBuf;
import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.OutboundFrame;
import java.util.IdentityHashMap;
import java.util.function.Function;

/**
 * The versions of one broadcast as buffers, each encoded once. Thread-safe: the buffers are counted
 * references, and nothing else changes. Whoever holds this releases it once.
 */
@ThreadSafe
final class EncodedVersions {

    private final FrameVersions versions;
    private final IdentityHashMap<OutboundFrame, ByteBuf> buffers = new IdentityHashMap<>();

    EncodedVersions(FrameVersions versions, Function<OutboundFrame, ByteBuf> encode) {
        this.versions = versions;
        for (OutboundFrame frame : versions.all()) {
            buffers.computeIfAbsent(frame, encode);
        }
    }

    /** A duplicate for one reader, who releases it. */
    ByteBuf duplicateFor(Dialect dialect) {
        ByteBuf buffer = buffers.get(versions.in(dialect));
        if (buffer == null) {
            throw new IllegalStateException("a version was not encoded");
        }
        return buffer.retainedDuplicate();
    }

    void retain() {
        buffers.values().forEach(ByteBuf::retain);
    }

    void release() {
        buffers.values().forEach(ByteBuf::release);
    }
}
