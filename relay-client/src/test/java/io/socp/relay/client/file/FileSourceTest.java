package io.socp.relay.client.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file on its way out is what was announced, or is not sent to its end. */
class FileSourceTest {

    private static final String SHA256_OF_ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir private Path directory;

    @Test
    void shouldReadItInPieces() throws IOException {
        Path file = write("abc.txt", "abc");

        try (FileSource source = FileSource.open(file)) {
            assertThat(source.name()).isEqualTo("abc.txt");
            assertThat(source.size()).isEqualTo(3);
            assertThat(source.sha256()).isEqualTo(SHA256_OF_ABC);
            assertThat(source.next(2)).asString(StandardCharsets.US_ASCII).isEqualTo("ab");
            assertThat(source.next(2)).asString(StandardCharsets.US_ASCII).isEqualTo("c");
            assertThat(source.next(2)).isEmpty();
        }
    }

    @Test
    void shouldReadAnEmptyFile() throws IOException {
        try (FileSource source = FileSource.open(write("empty", ""))) {
            assertThat(source.size()).isZero();
            assertThat(source.next(2)).isEmpty();
        }
    }

    @Test
    void shouldNoticeThatItHasChanged() throws IOException {
        Path file = write("a", "abc");

        try (FileSource source = FileSource.open(file)) {
            Files.writeString(file, "abd", StandardOpenOption.TRUNCATE_EXISTING);

            assertThat(source.next(8)).hasSize(3);
            assertThatThrownBy(() -> source.next(8))
                    .isInstanceOf(IOException.class)
                    .hasMessage("a has changed while it was sent");
        }
    }

    @Test
    void shouldNoticeThatItHasBecomeShorter() throws IOException {
        Path file = write("a", "abc");

        try (FileSource source = FileSource.open(file)) {
            Files.writeString(file, "ab", StandardOpenOption.TRUNCATE_EXISTING);

            assertThatThrownBy(() -> source.next(8))
                    .isInstanceOf(IOException.class)
                    .hasMessage("a has become shorter while it was sent");
        }
    }

    @Test
    void shouldSayWhatIsNoFile() {
        assertThatThrownBy(() -> FileSource.open(directory.resolve("none")))
                .hasMessageStartingWith("there is no file ")
                .hasMessageEndingWith("none");
        assertThatThrownBy(() -> FileSource.open(directory)).hasMessageEndingWith(" is not a file");
    }

    @Test
    void shouldRefuseAFileThatNobodyWouldTake() throws IOException {
        Path file = directory.resolve("huge");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(FileSource.BYTES_MAX + 1);
        }

        assertThatThrownBy(() -> FileSource.open(file))
                .hasMessageContaining(Long.toString(FileSource.BYTES_MAX));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}
