package io.socp.relay.client.chat;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where a chat's lines come from; read by one thread. */
public interface LineSource {

    /** The next line, or null at the end. Blocks. */
    @Nullable String next() throws IOException;
}
