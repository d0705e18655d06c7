package io.socp.relay.client;

import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.util.List;

/**
 * Whether a client comes back by itself when its connection is lost, and where. Immutable.
 *
 * @param isWanted whether it does
 * @param elsewhere servers to try beside the one it was told to connect to
 */
@Immutable
public record ReturnOptions(boolean isWanted, List<URI> elsewhere) {

    /** A connection that is lost is the end. */
    public static final ReturnOptions NEVER = new ReturnOptions(false, List.of());

    public ReturnOptions {
        elsewhere = List.copyOf(elsewhere);
    }

    /** Comes back to where it was, or to one of these. */
    public static ReturnOptions to(List<URI> elsewhere) {
        return new ReturnOptions(true, elsewhere);
    }
}
