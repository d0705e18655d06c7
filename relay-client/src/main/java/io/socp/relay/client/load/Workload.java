package io.socp.relay.client.load;

import java.io.IOException;

/** One way to load a server. */
@FunctionalInterface
public interface Workload {

    /**
     * Runs once, and measures.
     *
     * @throws IOException when the server cannot be reached, or nothing comes back
     */
    LoadResult run(LoadOptions options, Corpus corpus) throws IOException, InterruptedException;
}
