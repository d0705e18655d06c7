package io.socp.relay.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person typed is for that person's eyes. */
class HistoryFileTest {

    @TempDir Path directory;

    @Test
    void shouldMakeAPrivateFileInAPrivateDirectory() throws Exception {
        HistoryFile history = HistoryFile.in(directory.resolve("state").resolve("socp"));

        assertThat(history.isUsable()).isTrue();
        assertThat(mode(history.path())).isEqualTo("rw-------");
        assertThat(mode(directory.resolve("state/socp"))).isEqualTo("rwx------");
    }

    @Test
    void shouldTakeAnOldFileFromOthers() throws Exception {
        Path old = Files.writeString(directory.resolve("history"), "1:/list\n");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-rw-r--"));

        HistoryFile.in(directory);

        assertThat(mode(old)).isEqualTo("rw-------");
        assertThat(old).hasContent("1:/list\n");
    }

    @Test
    void shouldDoWithoutWhereThereIsNoDirectory() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(HistoryFile.in(file.resolve("socp")).isUsable()).isFalse();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
