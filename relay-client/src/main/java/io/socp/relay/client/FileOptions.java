package io.socp.relay.client;

import io.socp.relay.client.file.ReceiveLimits;
import io.socp.relay.ownership.Immutable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether and where files are received. Immutable.
 *
 * @param downloads made when the first file comes; null for a client that takes none
 */
@Immutable
public record FileOptions(@Nullable Path downloads, ReceiveLimits limits) {

    public static final FileOptions NONE = new FileOptions(null, ReceiveLimits.DEFAULT);

    /** Received into this directory, within the usual limits. */
    public static FileOptions into(Path downloads) {
        return new FileOptions(downloads, ReceiveLimits.DEFAULT);
    }
}
