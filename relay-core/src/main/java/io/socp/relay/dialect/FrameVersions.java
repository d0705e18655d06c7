package io.socp.relay.dialect;

import io.socp.relay.ownership.Immutable;
import io.socp.relay.sign.OutboundFrame;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One frame for many users, in the standard's form and in the forms of those who need another.
 * Immutable.
 */
@Immutable
public record FrameVersions(OutboundFrame standard, Map<Dialect, OutboundFrame> others) {

    public FrameVersions {
        others = Map.copyOf(others);
    }

    /** The same for everyone. */
    public static FrameVersions uniform(OutboundFrame frame) {
        return new FrameVersions(frame, Map.of());
    }

    /** The version for a reader of this dialect. */
    public OutboundFrame in(Dialect dialect) {
        return others.getOrDefault(dialect, standard);
    }

    /** Every version there is. */
    public Collection<OutboundFrame> all() {
        return Stream.concat(Stream.of(standard), others.values().stream()).toList();
    }
}
