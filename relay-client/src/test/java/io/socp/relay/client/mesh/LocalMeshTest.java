package io.socp.relay.client.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a mesh reads and writes around its relays; whole meshes are tested through the launcher. */
@Timeout(60)
class LocalMeshTest {

    @TempDir Path directory;

    @Test
    void shouldReadTheReadyLine() {
        assertThat(ReadyLine.parse("ready id=5e1f port=8765 management=9765"))
                .contains(new ReadyLine("5e1f", 8765, 9765));
        assertThat(ReadyLine.parse("ready id=5e1f port=8765"))
                .contains(new ReadyLine("5e1f", 8765, 0));
        assertThat(ReadyLine.parse("getting ready id=5e1f port=8765")).isEqualTo(Optional.empty());
        assertThat(ReadyLine.parse("ready")).isEmpty();
    }

    @Test
    void shouldWriteIntroducersAsTheStandardDoes() {
        LocalRelay one = new LocalRelay(1, "id-1", 1001, 2001, "KEY1");
        LocalRelay two = new LocalRelay(2, "id-2", 1002, 2002, "KEY2");

        assertThat(LocalMesh.bootstrapYaml(List.of(one, two)))
                .isEqualTo(
                        """
                        bootstrap_servers:
                          - host: "127.0.0.1"
                            port: 1001
                            pubkey: "KEY1"
                          - host: "127.0.0.1"
                            port: 1002
                            pubkey: "KEY2"
                        """);
        assertThat(one.uri()).hasToString("ws://127.0.0.1:1001");
    }

    @Test
    void shouldQuoteTheLastWordsOfARelayThatDoesNotStart() throws Exception {
        Path launcher = launcher("echo 'port 8765 is in use' >&2; exit 1");

        try (LocalMesh mesh = new LocalMesh(launcher.toString())) {
            assertThatThrownBy(() -> mesh.start(1, relay -> {}))
                    .isInstanceOf(MeshException.class)
                    .hasMessageContaining("ended at its start")
                    .hasMessageContaining("port 8765 is in use");
        }
    }

    @Test
    void shouldSayWhenThereIsNoLauncher() throws Exception {
        try (LocalMesh mesh = new LocalMesh(directory.resolve("nothing").toString())) {
            assertThatThrownBy(() -> mesh.start(1, relay -> {}))
                    .isInstanceOf(MeshException.class)
                    .hasMessageContaining("cannot start");
        }
    }

    @Test
    void shouldEndItsRelaysAndRemoveItsFiles() throws Exception {
        Path pidFile = directory.resolve("pid");
        Path args = directory.resolve("args");
        Path launcher =
                launcher(
                        "echo $$ > "
                                + pidFile
                                + "; echo \"$@\" > "
                                + args
                                + "; echo 'ready id=x port=1 management=0'; exec sleep 600");
        LocalMesh mesh = new LocalMesh(launcher.toString());
        assertThatThrownBy(() -> mesh.start(1, relay -> {})).isInstanceOf(MeshException.class);
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        String dataDir = Files.readString(args).replaceAll("(?s).*--data-dir=(\\S+).*", "$1");
        assertThat(ProcessHandle.of(pid)).isPresent();

        mesh.close();
        mesh.close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(Path.of(dataDir).getParent()).doesNotExist();
        assertThat(Files.readString(args))
                .startsWith("relay --host=127.0.0.1 --port=0 --management-port=0");
        assertThatThrownBy(() -> mesh.start(1, relay -> {})).hasMessage("interrupted");
    }

    private Path launcher(String script) throws Exception {
        Path launcher = Files.writeString(directory.resolve("launcher"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        return launcher;
    }
}
