package io.socp.relay.daemon.deliver;

import io.socp.relay.daemon.link.SharedFrame;
import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.OutboundFrame;
import java.util.IdentityHashMap;
import java.util.function.Function;

/**
 * The versions of one broadcast as frames for the links of one loop, each encoded once. Event-loop
 * confined.
 */
@EventLoopConfined
final class EncodedVersions {

    private final FrameVersions versions;
    private final SharedFrame standard;
    private final IdentityHashMap<OutboundFrame, SharedFrame> others = new IdentityHashMap<>(0);

    EncodedVersions(FrameVersions versions, Function<OutboundFrame, SharedFrame> encode) {
        this.versions = versions;
        this.standard = encode.apply(versions.standard());
        versions.others().values().forEach(other -> others.computeIfAbsent(other, encode));
    }

    /** Whether every reader gets the same. */
    boolean isUniform() {
        return others.isEmpty();
    }

    SharedFrame standard() {
        return standard;
    }

    /** The version for a reader of this dialect. */
    SharedFrame in(Dialect dialect) {
        return others.getOrDefault(versions.in(dialect), standard);
    }
}
