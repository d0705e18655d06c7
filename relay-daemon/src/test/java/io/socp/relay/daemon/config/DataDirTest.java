package io.socp.relay.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirTest {

    private static final String ID = "0000000a-0000-4000-8000-000000000000";

    @TempDir private Path temporary;

    private Path dir;

    @BeforeEach
    void name() {
        dir = temporary.resolve("deep/data");
    }

    @Test
    void shouldMakeTheDirectoryAnIdAndAKeyForItsOwnerAlone() throws Exception {
        String id;
        try (DataDir made = DataDir.open(dir)) {
            id = made.id().value();
        }

        assertThat(id).satisfies(text -> assertThat(IdRule.UUID_V4.accepts(text)).isTrue());
        assertThat(permissions(dir)).isEqualTo("rwx------");
        assertThat(permissions(dir.resolve("server.key.pem"))).isEqualTo("rw-------");
    }

    @Test
    void shouldBeTheSameServerAtTheNextStart() throws Exception {
        ServerId firstId;
        RsaPublicKey firstKey;
        try (DataDir made = DataDir.open(dir)) {
            firstId = made.id();
            firstKey = made.key().publicKey();
        }

        try (DataDir reopened = DataDir.open(dir)) {
            assertThat(reopened.id()).isEqualTo(firstId);
            assertThat(reopened.key().publicKey()).isEqualTo(firstKey);
        }
    }

    @Test
    void shouldUseTheIdAndTheKeyItFinds() throws Exception {
        prepare();

        try (DataDir opened = DataDir.open(dir)) {
            assertThat(opened.id()).isEqualTo(new ServerId(ID));
            assertThat(opened.key().publicKey()).isEqualTo(TestKeys.SERVER_A.publicKey());
        }
    }

    @Test
    void shouldRefuseADirectoryThatAnotherRelayUses() throws Exception {
        prepare();

        try (DataDir _ = DataDir.open(dir)) {
            refused().hasMessage("data directory " + dir + " is in use by another relay");
        }
    }

    @Test
    void shouldBeFreeAgainOnceClosed() throws Exception {
        prepare();
        DataDir.open(dir).close();

        try (DataDir reopened = DataDir.open(dir)) {
            assertThat(reopened.id()).isEqualTo(new ServerId(ID));
        }
    }

    @Test
    void shouldRefuseAFileWhereTheDirectoryShouldBe() throws IOException {
        Files.createDirectories(dir.getParent());
        Files.writeString(dir, "");

        refused()
                .hasMessageContaining("data directory " + dir)
                .hasMessageContaining("not writable");
    }

    @Test
    void shouldRefuseAPathThatLeadsThroughAFile() throws IOException {
        Files.writeString(temporary.resolve("deep"), "");

        refused().hasMessageContaining("data directory " + dir).hasMessageContaining("be made");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "not an id", "0000000a-0000-1000-8000-000000000000", ID + "\n" + ID})
    void shouldRefuseAGarbledId(String garbled) throws IOException {
        prepare();
        Files.writeString(dir.resolve("server.id"), garbled);

        refused().hasMessage(dir.resolve("server.id") + " does not hold a UUID version 4");
    }

    @Test
    void shouldRefuseAnIdThatIsNotText() throws IOException {
        prepare();
        Files.write(dir.resolve("server.id"), new byte[] {(byte) 0xff});

        refused().hasMessageContaining(dir.resolve("server.id") + " cannot be used");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
            })
    void shouldRefuseAGarbledKeyWithoutShowingIt(String garbled) throws IOException {
        prepare();
        Files.writeString(dir.resolve("server.key.pem"), garbled);

        refused()
                .hasMessageContaining(dir.resolve("server.key.pem").toString())
                .message()
                .hasLineCount(1);
        assertThat(Files.readString(dir.resolve("server.key.pem"))).isEqualTo(garbled);
    }

    @Test
    void shouldRefuseADirectoryInThePlaceOfTheKey() throws IOException {
        prepare();
        Files.delete(dir.resolve("server.key.pem"));
        Files.createDirectory(dir.resolve("server.key.pem"));

        refused().hasMessageContaining(dir.resolve("server.key.pem").toString());
    }

    @Test
    void shouldReleaseTheLockWhenTheContentsAreRefused() throws Exception {
        prepare();
        Files.writeString(dir.resolve("server.id"), "garbled");
        refused();
        Files.writeString(dir.resolve("server.id"), ID);

        try (DataDir opened = DataDir.open(dir)) {
            assertThat(opened.id()).isEqualTo(new ServerId(ID));
        }
    }

    private void prepare() throws IOException {
        Files.createDirectories(dir);
        Files.writeString(dir.resolve("server.id"), ID + "\n");
        TestKeys.SERVER_A.identity().save(dir.resolve("server.key.pem"));
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused() {
        return assertThatThrownBy(() -> DataDir.open(dir).close())
                .isInstanceOf(ConfigurationException.class);
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
