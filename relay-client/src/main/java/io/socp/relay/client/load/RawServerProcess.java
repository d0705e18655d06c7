package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.ownership.ThreadSafe;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link RawServer} as a child process, with the JVM flags of this one. Thread-safe. */
@ThreadSafe
final class RawServerProcess implements AutoCloseable {

    private static final String READY = "ready ";
    private static final long END_S = 5;

    private final Process process;
    private final URI uri;

    private RawServerProcess(Process process, URI uri) {
        this.process = process;
        this.uri = uri;
    }

    /**
     * Starts one and waits for its port.
     *
     * @param tlsIdentity the key it proves over TLS; null for plain WebSockets
     */
    static RawServerProcess start(@Nullable IdentityKey tlsIdentity) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(RawServerProcess::isOfEveryJvm)
                .forEach(command::add);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), RawServer.class.getName()));
        if (tlsIdentity != null) {
            command.add(RawServer.TLS);
        }
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            if (tlsIdentity != null) {
                // On its input, where no other user of the machine sees it; the input stays open.
                var in = process.outputWriter(UTF_8);
                in.write(tlsIdentity.toPem());
                in.write('\n');
                in.flush();
            }
            BufferedReader out = process.inputReader(UTF_8);
            String line = out.readLine();
            if (line == null || !line.startsWith(READY)) {
                throw new IOException("the raw server does not start");
            }
            String scheme = tlsIdentity == null ? "ws" : Endpoint.TLS_SCHEME;
            URI uri = URI.create(scheme + "://127.0.0.1:" + line.substring(READY.length()));
            return new RawServerProcess(process, uri);
        } catch (IOException failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /** Agents and debuggers are for the one that was asked for. */
    private static boolean isOfEveryJvm(String flag) {
        return flag.startsWith("-XX")
                || flag.startsWith("-Xm")
                || flag.startsWith("-Xshare")
                || flag.startsWith("--enable-native-access")
                || flag.startsWith("--sun-misc");
    }

    URI uri() {
        return uri;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException hurried) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
