package io.socp.relay.client.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import org.jspecify.annotations.Nullable;

/** Lines of a pipe or file in UTF-8. Read by one thread. */
public final class PipeLines implements LineSource {

    private final BufferedReader reader;

    public PipeLines(InputStream in) {
        this.reader = new BufferedReader(new InputStreamReader(in, UTF_8));
    }

    @Override
    public @Nullable String next() throws IOException {
        return reader.readLine();
    }
}
