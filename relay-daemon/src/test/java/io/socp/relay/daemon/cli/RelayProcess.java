package io.socp.relay.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.Actors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A relay as a process of its own, on loopback, with the key of an actor. */
final class RelayProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final Path err;
    private final Process process;
    private final BufferedReader out;
    private final String ready;

    private RelayProcess(Path err, Process process) throws IOException {
        this.err = err;
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        this.ready = String.valueOf(out.readLine());
    }

    /** Starts one with these flags beside its data directory, and waits until it is ready. */
    static RelayProcess start(Path dir, String... flags) throws IOException {
        Path data = dir.resolve("data");
        Files.createDirectories(data);
        Actors.A.keys().identity().save(data.resolve("server.key.pem"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SocpDaemon.class.getName(),
                                "relay",
                                "--host=127.0.0.1",
                                "--port=0",
                                "--management-port=0",
                                "--data-dir=" + data,
                                "--bootstrap=" + dir.resolve("bootstrap.yaml")));
        command.addAll(List.of(flags));
        Path err = dir.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SOCP_"));
        RelayProcess relay = new RelayProcess(err, builder.start());
        assertThat(relay.ready).as(relay.log()).startsWith("ready ");
        return relay;
    }

    URI management() {
        return URI.create("http://127.0.0.1:" + number("management="));
    }

    int port() {
        return number("port=");
    }

    private int number(String name) {
        int at = ready.indexOf(name) + name.length();
        int end = ready.indexOf(' ', at);
        return Integer.parseInt(ready.substring(at, end < 0 ? ready.length() : end));
    }

    /** All it has written to standard error. */
    String log() throws IOException {
        return Files.readString(err);
    }

    boolean said(String text) throws IOException {
        return log().contains(text);
    }

    void hangUp() throws IOException, InterruptedException {
        List<String> command = List.of("kill", "-HUP", String.valueOf(process.pid()));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try (out) {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
