package io.socp.relay.client.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.ownership.ThreadSafe;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A relay that runs as a child process. Thread-safe. */
@ThreadSafe
final class RelayProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RelayProcess.class);

    /** A relay drains its links when told to end. */
    private static final Duration DRAIN = Duration.ofSeconds(15);

    private static final int LAST_WORDS_LINES = 5;

    private final Process process;
    private final Path errors;
    private final CompletableFuture<ReadyLine> ready = new CompletableFuture<>();

    private RelayProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /**
     * Starts a relay.
     *
     * @param command the relay's command line
     * @param errors where its log goes
     */
    static RelayProcess start(List<String> command, Path errors) throws MeshException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectError(errors.toFile())
                            .start();
            RelayProcess relay = new RelayProcess(process, errors);
            Thread.ofVirtual().name("relay-output").start(relay::readOutput);
            return relay;
        } catch (IOException impossible) {
            throw new MeshException(
                    "cannot start " + command.getFirst() + ": " + impossible.getMessage(),
                    impossible);
        }
    }

    /** Waits for the relay to be up. */
    ReadyLine awaitReady(Duration patience) throws MeshException, InterruptedException {
        try {
            return ready.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new MeshException(
                    "a relay is not ready after " + patience.toSeconds() + " s" + lastWords(),
                    slow);
        } catch (ExecutionException ended) {
            throw new MeshException("a relay has ended at its start" + lastWords(), ended);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end, and enforces it. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException hurried) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** To the end, or the relay would block on a full pipe. */
    private void readOutput() {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                ReadyLine.parse(line).ifPresent(ready::complete);
            }
        } catch (IOException closed) {
            log.debug("a relay's output ended", closed);
        }
        ready.completeExceptionally(new IOException("the relay has ended"));
    }

    private String lastWords() {
        try (Stream<String> lines = Files.lines(errors)) {
            List<String> all = lines.filter(line -> !line.isBlank()).toList();
            int from = Math.max(0, all.size() - LAST_WORDS_LINES);
            return all.isEmpty() ? "" : ":\n" + String.join("\n", all.subList(from, all.size()));
        } catch (IOException unreadable) {
            log.debug("no last words", unreadable);
            return "";
        }
    }
}
