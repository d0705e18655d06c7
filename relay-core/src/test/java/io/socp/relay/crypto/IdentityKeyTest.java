package io.socp.relay.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityKeyTest {

    private static final IdentityKey ALICE = TestKeys.ALICE.identity();

    @TempDir private Path directory;

    @Test
    void shouldMakeKeyThatSignsAndOpens() throws Exception {
        IdentityKey key = IdentityKey.generate();
        byte[] message = "hello".getBytes(UTF_8);

        byte[] signature = key.signer().sign(message);

        assertThat(new SignatureVerifier().verifies(key.publicKey(), message, signature)).isTrue();
        assertThat(key.decrypt(Oaep.encrypt(key.publicKey(), message))).isEqualTo(message);
        assertThat(key.publicKey()).isNotEqualTo(ALICE.publicKey());
        assertThat(IdentityKey.fromPem(key.toPem()).publicKey()).isEqualTo(key.publicKey());
    }

    @Test
    void shouldReadPemItWrote() throws Exception {
        String pem = ALICE.toPem();

        assertThat(pem).startsWith("-----BEGIN PRIVATE KEY-----\n").endsWith("KEY-----\n");
        assertThat(pem.lines()).allMatch(line -> line.length() <= 64);
        assertThat(IdentityKey.fromPem(pem).toPem()).isEqualTo(pem);
    }

    @Test
    void shouldReadPkcs1() throws Exception {
        byte[] pkcs8 = der(ALICE.toPem());
        byte[] pkcs1 =
                PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey().toASN1Primitive().getEncoded();

        IdentityKey read = IdentityKey.fromPem(Pem.write("RSA PRIVATE KEY", pkcs1));

        assertThat(read.publicKey()).isEqualTo(ALICE.publicKey());
    }

    @Test
    void shouldNotPrintTheSecret() {
        assertThat(ALICE.toString()).isEqualTo("IdentityKey " + ALICE.publicKey().fingerprint());
    }

    @Test
    void shouldSaveForItsOwnerOnly() throws Exception {
        Path file = directory.resolve("alice.pem");

        ALICE.save(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(IdentityKey.load(file).publicKey()).isEqualTo(ALICE.publicKey());
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void shouldNotReplaceFile() throws Exception {
        Path file = Files.writeString(directory.resolve("taken.pem"), "precious");

        assertRefused(() -> ALICE.save(file), file, "exists");
        assertThat(file).hasContent("precious");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void shouldNotReplaceDanglingLink() throws Exception {
        Path file = directory.resolve("link.pem");
        Files.createSymbolicLink(file, directory.resolve("nowhere"));

        assertRefused(() -> ALICE.save(file), file, "exists");
        assertThat(Files.isSymbolicLink(file)).isTrue();
    }

    @Test
    void shouldSaveDespiteLeftoverOfCrash() throws Exception {
        Path file = directory.resolve("alice.pem");
        Files.writeString(directory.resolve(".alice.pem.new"), "half a k");

        ALICE.save(file);

        assertThat(IdentityKey.load(file).publicKey()).isEqualTo(ALICE.publicKey());
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void shouldNameMissingFile() {
        Path file = directory.resolve("missing.pem");

        assertRefused(() -> IdentityKey.load(file), file, "no such file");
    }

    @Test
    void shouldNameMissingDirectoryWhenSaving() {
        Path file = directory.resolve("missing").resolve("key.pem");

        assertRefused(() -> ALICE.save(file), file, "no such file");
    }

    @Test
    void shouldRefuseDirectoryAndPathThroughFile() throws Exception {
        Path plain = Files.writeString(directory.resolve("plain"), "x");
        Path below = plain.resolve("key.pem");

        assertRefused(() -> IdentityKey.load(directory), directory, "directory");
        assertRefused(() -> IdentityKey.load(below), below, "directory");
        assertRefused(() -> ALICE.save(below), below, "directory");
    }

    @Test
    void shouldRefuseUnreadableDirectory() throws Exception {
        Path locked = Files.createDirectory(directory.resolve("locked"));
        Path file = locked.resolve("key.pem");
        ALICE.save(file);
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
        try {
            assumeThat(Files.isReadable(locked)).as("the superuser reads everything").isFalse();

            assertRefused(() -> IdentityKey.load(file), file, "permission denied");
            assertRefused(() -> ALICE.save(file), file, "permission denied");
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\nMIIJ\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nMIIJ",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIJ\n-----END RSA PRIVATE KEY-----\n"
            })
    void shouldRefuseGarbledFile(String content) throws Exception {
        Path file = Files.writeString(directory.resolve("garbled.pem"), content);

        assertRefused(() -> IdentityKey.load(file), file, "not usable");
    }

    @Test
    void shouldRefuseTruncatedAndAlteredKey() throws Exception {
        String pem = ALICE.toPem();
        byte[] altered = der(pem);
        altered[200] ^= 1; // inside the modulus

        assertUnusable(pem.substring(0, 1000));
        assertUnusable(Pem.write(Pem.PRIVATE_KEY, altered));
    }

    @Test
    void shouldRefusePublicKeyAndKeysOfOtherKinds() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator ed = KeyPairGenerator.getInstance("Ed25519");

        assertUnusable(ALICE.publicKey().text(KeyContainer.PEM_TEXT));
        assertUnusable(Pem.write(Pem.PRIVATE_KEY, rsa.generateKeyPair().getPrivate().getEncoded()));
        assertUnusable(Pem.write(Pem.PRIVATE_KEY, ed.generateKeyPair().getPrivate().getEncoded()));
    }

    @Test
    void shouldLoadAtTheSizeBoundAndRefuseOnePast() throws Exception {
        String pem = ALICE.toPem();
        String atBound = pem + " ".repeat(KeyFile.BYTES_MAX - pem.length());
        Path file = Files.writeString(directory.resolve("long.pem"), atBound);
        Path longer = Files.writeString(directory.resolve("longer.pem"), atBound + " ");

        assertThat(IdentityKey.load(file).publicKey()).isEqualTo(ALICE.publicKey());
        assertRefused(() -> IdentityKey.load(longer), longer, "exceeds");
    }

    private static byte[] der(String pem) throws Exception {
        return Pem.readPrivateKey(pem);
    }

    private static void assertUnusable(String pem) {
        assertThatExceptionOfType(GeneralSecurityException.class)
                .isThrownBy(() -> IdentityKey.fromPem(pem))
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    private static void assertRefused(ThrowingCallable action, Path file, String reason) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(action)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1))
                .withMessageContaining(file.toString())
                .satisfies(e -> assertThat(e.getMessage()).containsIgnoringCase(reason));
    }
}
