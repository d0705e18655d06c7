package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.TestKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the command ends when the relay cannot start. */
class SocpDaemonTest {

    private static final int CONFIGURATION = 78;
    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    @TempDir private Path dir;

    private final PrintStream systemErr = System.err;
    private final PrintStream systemOut = System.out;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setErr(systemErr);
        System.setOut(systemOut);
    }

    @Test
    void shouldNameEachProblemOfABrokenBootstrapFile() throws IOException {
        Path file = dir.resolve("bootstrap.yaml");
        Files.writeString(file, "bootstrap_servers:\n  - host: a\n  - port: 0\n");

        int code = relay("--bootstrap", file.toString());

        assertThat(code).isEqualTo(CONFIGURATION);
        assertThat(said())
                .containsExactly(
                        file + ", line 2: port is missing",
                        file + ", line 3: host is missing",
                        file + ", line 3: port must be a number from 1 to 65535, not 0");
    }

    @Test
    void shouldSayThatTheDataDirectoryIsNotWritable() {
        int code = relay("--data-dir", "/proc/self");

        assertThat(code).isEqualTo(CONFIGURATION);
        assertThat(said())
                .singleElement()
                .asString()
                .startsWith("data directory /proc/self is not writable");
    }

    @Test
    void shouldSayThatTheDataDirectoryCannotBeMade() {
        int code = relay("--data-dir", "/proc/self/data");

        assertThat(code).isEqualTo(CONFIGURATION);
        assertThat(said())
                .singleElement()
                .asString()
                .startsWith("data directory /proc/self/data cannot be made");
    }

    @Test
    void shouldSayThatTheKeyFileCannotBeUsed() throws IOException {
        Path key = dir.resolve("data/server.key.pem");
        Files.createDirectory(key.getParent());
        Files.writeString(key, "garbled");

        int code = relay();

        assertThat(code).isEqualTo(CONFIGURATION);
        assertThat(said()).singleElement().asString().contains(key.toString());
    }

    @Test
    void shouldSayThatTheTlsFilesCannotBeUsed() throws IOException {
        Path garbled = Files.writeString(dir.resolve("garbled.pem"), "garbled");

        int code = relay("--tls=required", "--tls-certificate=" + garbled, "--tls-key=" + garbled);

        assertThat(code).isEqualTo(1);
        assertThat(said())
                .singleElement()
                .asString()
                .startsWith("TLS certificate " + garbled + " and key " + garbled);
    }

    @Test
    void shouldSayThatACertificateWithoutItsKeyIsNotEnough() {
        int code = relay("--tls=optional", "--tls-certificate=x.pem");

        assertThat(code).isEqualTo(2);
        assertThat(said()).anyMatch(line -> line.contains("go together"));
    }

    @Test
    void shouldSayThatTheDataDirectoryIsInUse() throws IOException {
        try (TestRelay running = TestRelay.of(Actors.A).start(dir)) {
            int code = relay("--data-dir", running.dir().toString());

            assertThat(code).isEqualTo(CONFIGURATION);
            assertThat(said()).singleElement().asString().contains("in use by another relay");
        }
    }

    @Test
    void shouldSayThatThePortIsTaken() throws IOException {
        prepareKey();
        try (TestRelay running = TestRelay.of(Actors.A).start(dir)) {
            int code = relay("--host", "127.0.0.1", "--port", String.valueOf(running.port()));

            assertThat(code).isEqualTo(FAILURE);
            assertThat(said())
                    .singleElement()
                    .asString()
                    .startsWith("cannot listen on 127.0.0.1:" + running.port() + ": ")
                    .contains("in use");
        }
    }

    @Test
    void shouldSayThatTheManagementPortIsTakenAndGiveBackTheOther() throws IOException {
        prepareKey();
        int port = TestRelay.freePort();
        try (TestRelay running = TestRelay.of(Actors.A).start(dir)) {
            int code =
                    relay(
                            "--host",
                            "127.0.0.1",
                            "--port",
                            String.valueOf(port),
                            "--management-port",
                            String.valueOf(running.managementPort()));

            assertThat(code).isEqualTo(FAILURE);
            assertThat(said())
                    .singleElement()
                    .asString()
                    .startsWith("cannot listen on 127.0.0.1:" + running.managementPort());
        }
        TestRelay.of(Actors.B).withPort(port).start(dir).close();
    }

    @Test
    void shouldSayThatAnAddressIsNotOurs() throws IOException {
        prepareKey();

        int code = relay("--host", "192.0.2.1", "--port", "0");

        assertThat(code).isEqualTo(FAILURE);
        assertThat(said()).singleElement().asString().startsWith("cannot listen on 192.0.2.1:0: ");
    }

    @Test
    void shouldSayThatAHostDoesNotExist() throws IOException {
        prepareKey();

        int code = relay("--host", "a..b", "--port", "0");

        assertThat(code).isEqualTo(FAILURE);
        assertThat(said()).containsExactly("cannot listen on a..b:0: no such host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port=65536",
                "--port=-1",
                "--port=http",
                "--management-port=65536",
                "--max-clients=0",
                "--advertise=nowhere",
                "--advertise=a:0",
                "--no-such-option"
            })
    void shouldExplainAWrongOption(String option) {
        int code = relay(option);

        assertThat(code).isEqualTo(USAGE);
        assertThat(said().getFirst()).contains(option.replaceAll("=.*", ""));
        assertThat(dir.resolve("data")).doesNotExist();
    }

    @Test
    void shouldExplainThatACommandIsMissing() {
        int code = SocpDaemon.run(new String[0]);

        assertThat(code).isEqualTo(USAGE);
        assertThat(said().getFirst()).isEqualTo("a command is missing");
    }

    @Test
    void shouldNameEveryCommandInItsHelp() {
        int code = SocpDaemon.run("--help");

        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "relay",
                        "check-config",
                        "default-config",
                        "print-config",
                        "keygen",
                        "rehearse",
                        "ctl");
    }

    @Test
    void shouldExplainOneCommandByItsWholeName() {
        int code = SocpDaemon.run("keygen", "--help");

        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("socp keygen");
    }

    @Test
    void shouldTellItsVersion() {
        int code = SocpDaemon.run("--version");

        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("socp-relay ", "SOCP v1.3", "JDK ");
    }

    /** Runs {@code relay} with the options; those not given lead nowhere outside the test. */
    private int relay(String... options) {
        List<String> args = new ArrayList<>(List.of("relay"));
        args.addAll(List.of(options));
        if (!args.contains("--data-dir")) {
            args.addAll(List.of("--data-dir", dir.resolve("data").toString()));
        }
        if (!args.contains("--bootstrap")) {
            args.addAll(List.of("--bootstrap", dir.resolve("absent.yaml").toString()));
        }
        return SocpDaemon.run(args.toArray(String[]::new));
    }

    /** A key at hand, since making one takes long. */
    private void prepareKey() throws IOException {
        Path data = dir.resolve("data");
        Files.createDirectory(data);
        TestKeys.SERVER_C.identity().save(data.resolve("server.key.pem"));
    }

    /** Lines on standard error that are no log. */
    private List<String> said() {
        return err.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.matches("\\d{4}-\\d{2}-\\d{2}T.*"))
                .toList();
    }
}
