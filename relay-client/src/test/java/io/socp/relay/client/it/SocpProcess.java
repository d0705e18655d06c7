package io.socp.relay.client.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A child process with its output as lines. Thread-safe; waiting always has a deadline.
 *
 * <p>Lines of stdout are kept, so waiting for one finds it however early it came. Stderr goes to a
 * file, which every failure quotes.
 */
final class SocpProcess implements AutoCloseable {

    /** Generous: only a figure of the specification is held tightly. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int QUOTED_LINES = 40;

    private final String name;
    private final Process process;
    private final Path errors;
    private final BufferedWriter input;
    private final List<String> lines = new ArrayList<>();
    private boolean isAtEnd;

    private SocpProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        this.input = process.outputWriter(UTF_8);
    }

    /** Starts a process; stderr goes to a file in its directory. */
    static SocpProcess start(String name, ProcessBuilder builder) throws IOException {
        Path errors = Files.createTempFile(builder.directory().toPath(), name + "-", ".stderr");
        Process process = builder.redirectError(errors.toFile()).start();
        SocpProcess started = new SocpProcess(name, process, errors);
        Thread.ofVirtual().name(name + "-output").start(started::readOutput);
        return started;
    }

    String name() {
        return name;
    }

    /** The launcher becomes the JVM it starts, so this is the JVM's. */
    long pid() {
        return process.pid();
    }

    /** Writes a line to its stdin. */
    void write(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException gone) {
            throw new AssertionError(name + " does not read any more" + report(), gone);
        }
    }

    /** Ends its stdin. */
    void endInput() throws IOException {
        input.close();
    }

    /** All lines so far. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The first line that is wanted, as soon as it is there. */
    String await(String what, Predicate<String> wanted) throws InterruptedException {
        return awaitFrom(0, what, wanted);
    }

    /** The first line that is wanted from this index on, as soon as it is there. */
    synchronized String awaitFrom(int from, String what, Predicate<String> wanted)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        for (int next = from; ; next++) {
            while (next >= lines.size()) {
                long leftNs = deadlineNs - System.nanoTime();
                if (isAtEnd || leftNs <= 0) {
                    String why = isAtEnd ? " ended" : " ran for " + PATIENCE.toSeconds() + " s";
                    throw new AssertionError(name + why + " without " + what + report());
                }
                wait(TimeUnit.NANOSECONDS.toMillis(leftNs) + 1);
            }
            if (wanted.test(lines.get(next))) {
                return lines.get(next);
            }
        }
    }

    /** Waits for its end and returns the exit code. All its lines are there then. */
    int awaitExit() throws InterruptedException {
        return awaitExit(PATIENCE);
    }

    /** The same, for one that has more to do. */
    int awaitExit(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(
                    name + " does not end within " + patience.toSeconds() + " s" + report());
        }
        awaitEndOfOutput();
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Its children and theirs. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL; returns when it is dead. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** What it wrote to stderr, without blank lines. */
    List<String> errorLines() {
        try (Stream<String> all = Files.lines(errors)) {
            return all.filter(line -> !line.isBlank()).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Kills it with its children. */
    @Override
    public void close() {
        List<ProcessHandle> children = descendants();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    /** What it said last, for the message of a failure. */
    String report() {
        return """

        --- %1$s, stdout:
        %2$s
        --- %1$s, stderr:
        %3$s\
        """
                .formatted(name, tail(lines()), tail(errorLines()));
    }

    /** A grandchild may hold the pipe for longer than the process lives. */
    private synchronized void awaitEndOfOutput() throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!isAtEnd) {
            long leftNs = deadlineNs - System.nanoTime();
            if (leftNs <= 0) {
                throw new AssertionError(name + " ended, but its stdout did not" + report());
            }
            wait(TimeUnit.NANOSECONDS.toMillis(leftNs) + 1);
        }
    }

    private void readOutput() {
        try (BufferedReader output = process.inputReader(UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                onLine(line);
            }
        } catch (IOException closed) {
            onLine("(stdout ended with " + closed + ")");
        }
        onEnd();
    }

    private synchronized void onLine(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void onEnd() {
        isAtEnd = true;
        notifyAll();
    }

    private static String tail(List<String> all) {
        return String.join("\n", all.subList(Math.max(0, all.size() - QUOTED_LINES), all.size()));
    }
}
