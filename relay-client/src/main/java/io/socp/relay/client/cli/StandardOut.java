package io.socp.relay.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.ownership.ThreadSafe;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/**
 * Lines to a file descriptor in UTF-8, whatever the locale says, each flushed before the next.
 * Thread-safe: one line at a time.
 */
@ThreadSafe
final class StandardOut {

    private static final PrintStream OUT = stream(FileDescriptor.out);
    private static final PrintStream ERR = stream(FileDescriptor.err);

    private StandardOut() {}

    static void line(String line) {
        print(OUT, line);
    }

    static void errorLine(String line) {
        print(ERR, line);
    }

    private static void print(PrintStream stream, String line) {
        synchronized (stream) {
            stream.print(line + "\n");
            stream.flush();
        }
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, UTF_8);
    }
}
