package io.socp.relay.client.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.testing.Actors;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.IdRule;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Profiles on disk: made, read, kept private, and refused when damaged. */
class ProfileTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir Path directory;

    @Test
    void shouldMakeAProfileThatIsThereNextTime() throws Exception {
        Path file = directory.resolve("alice.json");

        Profile made = Profile.openOrCreate(file);
        Profile again = Profile.openOrCreate(file);

        assertThat(IdRule.UUID_V4.accepts(made.identity().user().value())).isTrue();
        assertThat(again.identity().user()).isEqualTo(made.identity().user());
        assertThat(again.identity().key().publicKey()).isEqualTo(made.identity().key().publicKey());
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(directory).isDirectoryContaining(path -> path.equals(file));
    }

    @Test
    void shouldRememberPinnedKeysAndTheName() throws Exception {
        Path file = aliceFile();
        Profile profile = Profile.openOrCreate(file);
        RsaPublicKey bob = TestKeys.BOB.publicKey();

        profile.rename("Alice");
        profile.pin(Actors.BOB, bob);

        Profile again = Profile.openOrCreate(file);
        assertThat(again.displayName()).isEqualTo("Alice");
        assertThat(again.keyOf(Actors.BOB)).isEqualTo(bob);
        assertThat(again.keyOf(Actors.CAROL)).isNull();
        assertThat(again.identity().pinnedKeys()).isSameAs(again);
        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void shouldTakeTheFileFromOthers() throws Exception {
        Path file = aliceFile();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        Profile.openOrCreate(file);

        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void shouldKeepFieldsItDoesNotKnow() throws Exception {
        Path file = aliceFile();
        Profile.openOrCreate(file).pin(Actors.BOB, TestKeys.BOB.publicKey());

        assertThat(JSON.readTree(file).path("favourite_colour").stringValue()).isEqualTo("blue");
    }

    @ParameterizedTest
    @CsvSource({
        "id, id is missing",
        "private_key, private_key is missing",
        "public_key, public_key is missing",
    })
    void shouldNameAMissingField(String field, String complaint) throws Exception {
        Path file = aliceFile();
        change(file, profile -> profile.remove(field));

        assertRefused(file, complaint);
    }

    @Test
    void shouldNameADamagedField() throws Exception {
        Path file = aliceFile();

        change(file, profile -> profile.put("private_key", "-----BEGIN nonsense"));
        assertRefused(file, "private_key is not usable");
        change(file, profile -> profile.put("private_key", TestKeys.BOB.identity().toPem()));
        assertRefused(file, "not a pair");
        change(file, profile -> profile.put("public_key", "AAAA"));
        assertRefused(file, "public_key");
        change(file, profile -> profile.put("id", "two words"));
        assertRefused(file, "id is not a user id");
    }

    @Test
    void shouldNameADamagedKnownKey() throws Exception {
        Path file = aliceFile();
        change(file, profile -> profile.putObject("known_keys").put(Actors.BOB.value(), 7));

        assertRefused(file, "known_keys." + Actors.BOB);
    }

    @Test
    void shouldSayWhereItIsNotJson() throws Exception {
        Path file = directory.resolve("broken.json");
        Files.writeString(file, "{\n  \"id\": \"x\",\n  oops\n}");

        assertRefused(file, "not JSON at line 3");
        Files.writeString(file, "[]");
        assertRefused(file, "not a JSON object");
        Files.writeString(file, "");
        assertRefused(file, "");
    }

    @Test
    void shouldNotShowSecretsInComplaints() throws Exception {
        Path file = aliceFile();
        String pem = TestKeys.ALICE.identity().toPem();
        change(file, profile -> profile.put("private_key", pem.substring(0, 500)));

        assertThatThrownBy(() -> Profile.openOrCreate(file))
                .message()
                .doesNotContain(pem.substring(100, 120));
    }

    @Test
    void shouldSayWhenThereIsNoSuchDirectory() {
        assertRefused(directory.resolve("nowhere").resolve("a.json"), "no such directory");
    }

    @Test
    void shouldSayWhenItMayNotWrite() throws Exception {
        Assumptions.assumeFalse("root".equals(System.getProperty("user.name")), "root may write");
        Path locked = Files.createDirectory(directory.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));

        assertRefused(locked.resolve("a.json"), "permission denied");
    }

    @Test
    void shouldSayWhenItIsADirectory() throws Exception {
        assertRefused(Files.createDirectory(directory.resolve("a.json")), "cannot be read");
    }

    private void assertRefused(Path file, String complaint) {
        assertThatThrownBy(() -> Profile.openOrCreate(file))
                .isInstanceOf(ProfileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(complaint)
                .message()
                .doesNotContain("\n");
    }

    private Path aliceFile() throws IOException {
        Path file = directory.resolve("alice.json");
        ObjectNode profile =
                JSON.createObjectNode()
                        .put("version", 1)
                        .put("id", Actors.ALICE.value())
                        .put("public_key", TestKeys.ALICE.publicKey().text())
                        .put("private_key", TestKeys.ALICE.identity().toPem())
                        .put("favourite_colour", "blue");
        Files.write(file, JSON.writeValueAsBytes(profile));
        return file;
    }

    private static void change(Path file, java.util.function.Consumer<ObjectNode> edit)
            throws IOException {
        ObjectNode profile = (ObjectNode) JSON.readTree(file);
        edit.accept(profile);
        Files.write(file, JSON.writeValueAsBytes(profile));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void shouldKeepWhichServersAuthenticateTheirLinks() throws Exception {
        Path path = aliceFile();
        Profile.openOrCreate(path).pinFrames("relay.example:8765");

        Profile reopened = Profile.openOrCreate(path);

        assertThat(reopened.provesFrames("relay.example:8765")).isTrue();
        assertThat(reopened.provesFrames("relay.example:8766")).isFalse();
    }

    @Test
    void shouldKeepTheKeysOfServersForTheNextTime() throws Exception {
        Path path = aliceFile();
        Profile.openOrCreate(path).pinServer("relay.example:8765", TestKeys.SERVER_A.publicKey());

        Profile reopened = Profile.openOrCreate(path);

        assertThat(reopened.keyOfServer("relay.example:8765"))
                .isEqualTo(TestKeys.SERVER_A.publicKey());
        assertThat(reopened.keyOfServer("relay.example:8766")).isNull();
    }
}
