package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code ./socp} answers, and the exit codes that scripts rely on. */
@Timeout(120)
class LauncherIT {

    private static final int OK = 0;
    private static final int FAILURE = 1;
    private static final int USAGE = 2;
    private static final int CONFIGURATION = 78;

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    @Test
    void shouldSayItsVersion() throws Exception {
        SocpProcess version = PROCESSES.socp("version", "--version");

        assertThat(version.awaitExit()).isEqualTo(OK);
        assertThat(version.lines())
                .anyMatch(line -> line.contains("SOCP v1.3"))
                .anyMatch(line -> line.startsWith("JDK 25"));
        assertThat(version.errorLines()).isEmpty();
    }

    @Test
    void shouldHelp() throws Exception {
        SocpProcess help = PROCESSES.socp("help", "--help");

        assertThat(help.awaitExit()).isEqualTo(OK);
        assertThat(help.lines())
                .anyMatch(line -> line.strip().startsWith("relay "))
                .anyMatch(line -> line.strip().startsWith("chat "))
                .anyMatch(line -> line.strip().startsWith("mesh "));
    }

    @Test
    void shouldRefuseWrongUsage() throws Exception {
        SocpProcess command = PROCESSES.socp("unknown-command", "relais");
        SocpProcess nothing = PROCESSES.socp("no-command");
        SocpProcess option = PROCESSES.socp("unknown-option", "relay", "--prot=1");
        SocpProcess missing = PROCESSES.socp("no-profile", "chat");

        assertThat(command.awaitExit()).isEqualTo(USAGE);
        assertThat(command.errorLines().getFirst()).isEqualTo("socp: unknown command: relais");
        assertThat(nothing.awaitExit()).isEqualTo(USAGE);
        assertThat(option.awaitExit()).isEqualTo(USAGE);
        assertThat(option.errorLines()).anyMatch(line -> line.contains("--prot=1"));
        assertThat(missing.awaitExit()).isEqualTo(USAGE);
        assertThat(missing.errorLines()).anyMatch(line -> line.contains("PROFILE.json"));
    }

    @Test
    void shouldSayInOneLineThatThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SocpProcess relay =
                    relay("port-in-use", "--port=" + taken.getLocalPort(), "--data-dir=port");

            assertThat(relay.awaitExit()).isEqualTo(FAILURE);
            assertThat(relay.lines()).isEmpty();
            assertThat(complaint(relay)).contains("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void shouldNameTheLineOfABrokenBootstrapFile() throws Exception {
        Path broken = PROCESSES.directory().resolve("broken.yaml");
        Files.writeString(
                broken,
                """
                bootstrap_servers:
                  - host: "127.0.0.1"
                    port: 8765
                  - host: "127.0.0.1"
                    port: eight
                """);

        SocpProcess relay =
                relay("broken-bootstrap", "--port=0", "--bootstrap=broken.yaml", "--data-dir=boot");

        assertThat(relay.awaitExit()).isEqualTo(CONFIGURATION);
        assertThat(relay.errorLines())
                .anyMatch(line -> line.contains("broken.yaml") && line.contains("line 5"));
        assertThat(PROCESSES.directory().resolve("boot")).doesNotExist();
    }

    @Test
    void shouldSayInOneLineThatTheDataDirectoryIsAFile() throws Exception {
        Files.writeString(PROCESSES.directory().resolve("occupied"), "a file");

        SocpProcess relay = relay("data-dir-is-file", "--port=0", "--data-dir=occupied");

        assertThat(relay.awaitExit()).isEqualTo(CONFIGURATION);
        assertThat(complaint(relay)).contains("occupied");
    }

    @Test
    void shouldSayInOneLineThatNoRelayIsThere() throws Exception {
        int closed;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = probe.getLocalPort();
        }

        SocpProcess chat =
                PROCESSES.socp(
                        "nobody-there",
                        "chat",
                        ChatPerson.writeProfile(PROCESSES, "lonely", TestKeys.ALICE),
                        "--server=ws://127.0.0.1:" + closed);

        assertThat(chat.awaitExit()).isEqualTo(FAILURE);
        assertThat(complaint(chat)).contains("127.0.0.1:" + closed);
    }

    @Test
    void shouldKeepTheFirstOfTwoChatsWithOneProfile() throws Exception {
        RelayNode relay = new RelayNode(PROCESSES, "relay");
        relay.start();
        relay.awaitReady();
        ChatPerson.writeProfile(PROCESSES, "twin", TestKeys.BOB);
        ChatPerson first = ChatPerson.start(PROCESSES, "twin", relay);
        first.awaitReady();

        ChatPerson second = ChatPerson.start(PROCESSES, "twin", relay);

        assertThat(second.process().awaitExit()).isEqualTo(FAILURE);
        assertThat(second.events())
                .anyMatch(event -> Person.string(event, "code").equals("NAME_IN_USE"))
                .noneMatch(event -> Person.isNamed(event, "ready"));
        assertThat(second.process().errorLines())
                .hasSize(1)
                .first()
                .asString()
                .contains("NAME_IN_USE");
        first.awaitList(SocpProcess.PATIENCE, first);
        first.tell(first, "still here");
        first.awaitMessage("direct", first, "still here");
        first.process().endInput();
        assertThat(first.process().awaitExit()).isEqualTo(OK);
    }

    @Test
    void shouldPlayAMeshAndLeaveNothingBehind() throws Exception {
        Path temporary = Files.createDirectory(PROCESSES.directory().resolve("tmp"));
        SocpProcess mesh =
                PROCESSES.socp(
                        "mesh",
                        Map.of("SOCP_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary),
                        "mesh",
                        "2");
        mesh.await("the prompt", line -> line.startsWith("now you"));
        List<ProcessHandle> relays = mesh.descendants();
        assertThat(relays).hasSize(2);

        mesh.write("/list");
        mesh.endInput();

        assertThat(mesh.awaitExit()).as(mesh::report).isEqualTo(OK);
        assertThat(mesh.lines())
                .anyMatch(line -> line.contains("alice"))
                .anyMatch(line -> line.contains("bob"))
                .anyMatch(line -> line.contains("3 users online"));
        assertThat(relays).noneMatch(ProcessHandle::isAlive);
        assertThat(meshDirectories(temporary)).isEmpty();
    }

    /** A relay that is expected to fail: nothing of it may get in the way of others. */
    private static SocpProcess relay(String name, String... options) throws IOException {
        String[] arguments =
                Stream.concat(
                                Stream.of("relay", "--host=127.0.0.1", "--management-port=0"),
                                Stream.of(options))
                        .toArray(String[]::new);
        return PROCESSES.socp(name, arguments);
    }

    /** The one line that says what is wrong; what a log tells with level INFO is not wrong. */
    private static String complaint(SocpProcess process) {
        List<String> lines =
                process.errorLines().stream().filter(line -> !line.contains(" INFO ")).toList();
        assertThat(lines).as(process::report).hasSize(1);
        return lines.getFirst();
    }

    private static List<Path> meshDirectories(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(f -> f.getFileName().toString().startsWith("socp-mesh")).toList();
        }
    }
}
