package io.socp.relay.client.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.e2e.ChunkSealer;
import io.socp.relay.client.e2e.FileKey;
import io.socp.relay.client.file.FileOutcome.Nothing;
import io.socp.relay.client.file.FileOutcome.Received;
import io.socp.relay.client.file.FileOutcome.Refused;
import io.socp.relay.client.file.FileOutcome.Underway;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.ChatMessage.FileEnd;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alice is sent files, some of them by people who mean harm. */
class IncomingFilesTest {

    private static final String ID = "f11e0000-0000-4000-8000-000000000001";
    private static final long SECOND_NS = 1_000_000_000;
    private static final ReceiveLimits LIMITS =
            new ReceiveLimits(10_000, 15_000, 3, 2, Duration.ofSeconds(60));

    @TempDir private Path home;

    private Path directory;
    private IncomingFiles files;

    @BeforeEach
    void start() {
        directory = home.resolve("downloads");
        files = new IncomingFiles(TestKeys.ALICE.identity(), new Downloads(directory), LIMITS);
    }

    /** Nothing is ever written beside the directory. */
    @AfterEach
    void shouldHaveWrittenNowhereElse() throws IOException {
        try (Stream<Path> entries = Files.list(home)) {
            assertThat(entries.filter(entry -> !entry.equals(directory))).isEmpty();
        }
    }

    @Test
    void shouldPutAWholeFileInItsPlace() throws IOException {
        byte[] content = bytes(1_000);
        start("report.pdf", content);
        assertThat(names()).singleElement().asString().startsWith(".").endsWith(".part");

        assertThat(chunk(0, Arrays.copyOf(content, 446))).isInstanceOf(Underway.class);
        chunk(1, Arrays.copyOfRange(content, 446, 892));
        chunk(2, Arrays.copyOfRange(content, 892, 1_000));
        Received received = (Received) end();

        assertThat(received.path()).isEqualTo(directory.resolve("report.pdf"));
        assertThat(received.path()).hasBinaryContent(content);
        assertThat(received.sha256()).isEqualTo(sha256(content));
        assertThat(received.isVerified()).isTrue();
        assertThat(names()).containsExactly("report.pdf");
        assertThat(files.isIdle()).isTrue();
    }

    @Test
    void shouldKeepTheDirectoryAndTheFilesToTheirOwner() throws IOException {
        Path path = receive("a", bytes(100)).path();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldNeverWriteOutsideWhateverTheName() throws IOException {
        for (String name :
                List.of(
                        "../../evil",
                        "/tmp/evil",
                        "..",
                        "a/../../evil",
                        "C:\\evil",
                        "\0",
                        "~/evil")) {
            assertThat(receive(name, bytes(10)).path().getParent()).isEqualTo(directory);
        }
        assertThat(names()).noneMatch(name -> name.startsWith("."));
    }

    @Test
    void shouldNeverReplaceAFile() throws IOException {
        assertThat(receive("a.txt", bytes(100)).path()).hasFileName("a.txt");
        assertThat(receive("a.txt", bytes(200)).path()).hasFileName("a (1).txt");
        assertThat(receive("x/a.txt", bytes(300)).path()).hasFileName("a (2).txt");

        assertThat(directory.resolve("a.txt")).hasSize(100);
    }

    @Test
    void shouldNotFollowALinkThatLiesInTheWay() throws IOException {
        Path victim = home.resolve("downloads-victim");
        Files.createDirectories(directory);
        Files.createSymbolicLink(directory.resolve("a.txt"), victim);

        assertThat(receive("a.txt", bytes(100)).path()).hasFileName("a (1).txt");
        assertThat(victim).doesNotExist();
    }

    @Test
    void shouldTakeAnEmptyFileWithAndWithoutAPiece() {
        start("none", new byte[0]);
        assertThat(end()).isInstanceOf(Received.class);

        start("one", new byte[0]);
        assertThat(chunk(0, new byte[0])).isInstanceOf(Underway.class);
        assertRefused(chunk(1, new byte[0]), "empty");
    }

    @Test
    void shouldRefusePiecesOutOfOrderTwiceOrMissing() throws IOException {
        byte[] content = bytes(300);
        start("a", content);
        assertRefused(chunk(1, content), "piece 1 came where 0 was due");

        start("a", content);
        chunk(0, Arrays.copyOf(content, 100));
        assertRefused(chunk(0, Arrays.copyOf(content, 100)), "piece 0 came where 1 was due");

        start("a", content);
        chunk(0, Arrays.copyOf(content, 100));
        assertRefused(end(), "only 100 of 300 bytes");
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldRefuseMoreThanWasAnnounced() throws IOException {
        start("a", manifest("a", bytes(100), 99));
        assertRefused(chunk(0, bytes(100)), "longer than the 99 bytes");
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldRefuseAFileThatIsNotWhatItsDigestSays() throws IOException {
        start("a", bytes(100));
        byte[] other = bytes(100);
        other[50]++;
        chunk(0, other);
        assertRefused(end(), "SHA-256");
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldRefuseManyTinyPieces() {
        byte[] content = bytes(1_000);
        start("a", content);
        chunk(0, Arrays.copyOf(content, ReceiveLimits.CHUNK_BYTES_MIN));
        assertRefused(
                chunk(1, Arrays.copyOf(content, ReceiveLimits.CHUNK_BYTES_MIN - 1)),
                "less than 64");
    }

    @Test
    void shouldRefuseAPieceThatIsTooLong() {
        ReceiveLimits generous = new ReceiveLimits(1 << 20, 1 << 20, 3, 2, Duration.ofSeconds(60));
        files = new IncomingFiles(TestKeys.ALICE.identity(), new Downloads(directory), generous);
        byte[] content = bytes(2 * ReceiveLimits.CHUNK_BYTES_MAX + 1);
        start("a", content);
        assertThat(chunk(0, Arrays.copyOf(content, ReceiveLimits.CHUNK_BYTES_MAX)))
                .isInstanceOf(Underway.class);
        assertRefused(chunk(1, Arrays.copyOf(content, ReceiveLimits.CHUNK_BYTES_MAX + 1)), "65536");
    }

    @Test
    void shouldRefusePiecesThatCannotBeRead() {
        start("a", bytes(100));
        assertRefused(files.onChunk(frame(0, "no base64!"), true, 0), "piece 0 is not base64");

        Manifest direct = new Manifest(Actors.BOB, Actors.BOB, ID, "a", 100, "", false, null);
        files.onStart(direct, true, 0);
        assertRefused(files.onChunk(frame(0, "AAAA"), true, 0), "piece 0 cannot be decrypted");

        files.onStart(direct, true, 0);
        assertRefused(
                files.onUnreadable(Actors.BOB, ID, "payload.index: expected 0 or more"),
                "payload.index");
    }

    @Test
    void shouldOpenBlocksAndHybridPieces() throws IOException {
        byte[] content = bytes(900);
        ChunkSealer blocks = ChunkSealer.blocks(TestKeys.ALICE.publicKey());
        files.onStart(
                new Manifest(Actors.BOB, Actors.BOB, ID, "b", 900, sha256(content), false, null),
                true,
                0);
        sealed(blocks, content, 0, 446);
        sealed(blocks, content, 1, 446);
        sealed(blocks, content, 2, 8);
        assertThat(((Received) end()).path()).hasBinaryContent(content);

        FileKey key = FileKey.random();
        ChunkSealer hybrid = ChunkSealer.hybrid(key, ID);
        String wrapped = key.wrappedFor(TestKeys.ALICE.publicKey());
        files.onStart(
                new Manifest(Actors.BOB, Actors.BOB, ID, "h", 900, sha256(content), false, wrapped),
                true,
                0);
        sealed(hybrid, content, 0, 446);
        sealed(hybrid, content, 1, 446);
        sealed(hybrid, content, 2, 8);
        assertThat(((Received) end()).path()).hasBinaryContent(content);
    }

    @Test
    void shouldRefuseAKeyForSomeoneElse() {
        String wrapped = FileKey.random().wrappedFor(TestKeys.CAROL.publicKey());

        assertRefused(
                files.onStart(
                        new Manifest(Actors.BOB, Actors.BOB, ID, "h", 9, "", false, wrapped),
                        true,
                        0),
                "not wrapped for this user");
        assertThat(directory).doesNotExist();
    }

    @Test
    void shouldBoundOneFile() {
        assertThat(start("a", manifest("a", bytes(1), 10_000))).isInstanceOf(Underway.class);
        end();

        assertRefused(
                start("a", manifest("a", bytes(1), 10_001)), "the limit is 10000 bytes a file");
        assertRefused(start("a", manifest("a", bytes(1), 4L << 30)), "the limit is 10000 bytes");
        assertRefused(start("a", manifest("a", bytes(1), Long.MAX_VALUE)), "the limit is 10000");
    }

    @Test
    void shouldBoundAllBytesOnTheirWay() {
        begin(Actors.BOB, "1", 10_000);
        assertThat(begin(Actors.CAROL, "2", 5_000)).isInstanceOf(Underway.class);

        assertRefused(begin(Actors.CAROL, "3", 1), "15000 bytes of files on their way");
    }

    @Test
    void shouldBoundTheFilesOnTheirWay() {
        begin(Actors.BOB, "1", 1);
        begin(Actors.BOB, "2", 1);
        assertRefused(begin(Actors.BOB, "3", 1), "2 files from one user");
        assertThat(begin(Actors.CAROL, "3", 1)).isInstanceOf(Underway.class);

        assertRefused(begin(Actors.CAROL, "4", 1), "3 files on their way");
    }

    @Test
    void shouldBoundIdsAndDigests() {
        String longest = "x".repeat(ReceiveLimits.FILE_ID_CHARS_MAX);
        assertThat(begin(Actors.BOB, longest, 1)).isInstanceOf(Underway.class);
        assertRefused(begin(Actors.BOB, longest + "x", 1), "128 characters");
        assertRefused(begin(Actors.BOB, "", 1), "128 characters");
        assertRefused(
                files.onStart(
                        new Manifest(Actors.BOB, Actors.BOB, ID, "a", 1, "ff", true, null),
                        true,
                        0),
                "sha256");
    }

    @Test
    void shouldGiveUpWhatIsSilentForTooLong() throws IOException {
        start("a", bytes(100));
        assertThat(files.onTime(60 * SECOND_NS - 1)).isEmpty();

        assertThat(files.onTime(60 * SECOND_NS))
                .singleElement()
                .satisfies(refused -> assertRefused(refused, "nothing of it has come for 60 s"));
        assertThat(names()).isEmpty();
        assertThat(files.isIdle()).isTrue();
    }

    @Test
    void shouldGiveUpWhenTheSenderOrTheConnectionIsGone() throws IOException {
        begin(Actors.BOB, "1", 1);
        begin(Actors.CAROL, "2", 1);

        assertThat(files.onSenderLeft(Actors.BOB))
                .singleElement()
                .satisfies(refused -> assertRefused(refused, "the sender has left"));
        assertThat(files.onSessionEnd())
                .singleElement()
                .satisfies(refused -> assertRefused(refused, "the connection is gone"));
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldTellTheEndOfATransferOnce() {
        byte[] content = bytes(300);
        start("a", content);
        assertRefused(chunk(5, content), "came where");

        assertThat(chunk(6, content)).isEqualTo(new Nothing());
        assertThat(end()).isEqualTo(new Nothing());
    }

    @Test
    void shouldTellOnceThatABeginningIsMissing() {
        assertRefused(chunk(3, bytes(10)), "its beginning has not come");
        assertThat(end()).isEqualTo(new Nothing());
    }

    @Test
    void shouldRefuseATransferStartedTwice() throws IOException {
        start("a", bytes(100));
        assertRefused(start("a", bytes(100)), "started twice");
        assertThat(names()).isEmpty();
    }

    @Test
    void shouldKeepTwoSendersWithOneIdApart() throws IOException {
        byte[] content = bytes(100);
        start("bobs", content);
        files.onStart(manifest(Actors.CAROL, ID, "carols", content, 100), true, 0);
        chunk(0, content);

        assertThat(((Received) end()).path()).hasFileName("bobs");
        assertThat(names()).hasSize(2);
    }

    @Test
    void shouldNotVerifyWhatIsNotSignedThroughout() {
        byte[] content = bytes(100);
        files.onStart(manifest("a", content, 100), true, 0);
        files.onChunk(frame(0, Base64Url.encode(content)), false, 0);
        assertThat(((Received) end()).isVerified()).isFalse();

        files.onStart(new Manifest(Actors.BOB, Actors.BOB, ID, "a", 100, "", true, null), true, 0);
        files.onChunk(frame(0, Base64Url.encode(content)), true, 0);
        assertThat(((Received) end()).isVerified()).isFalse();
    }

    @Test
    void shouldTakeStandardBase64() {
        byte[] content = new byte[64];
        Arrays.fill(content, (byte) 0xff);
        start("a", content);
        files.onChunk(frame(0, Base64.getEncoder().encodeToString(content)), true, 0);

        assertThat(end()).isInstanceOf(Received.class);
    }

    private Received receive(String name, byte[] content) {
        start(name, content);
        chunk(0, content);
        return (Received) end();
    }

    private FileOutcome start(String name, byte[] content) {
        return start(name, manifest(name, content, content.length));
    }

    private FileOutcome start(String name, Manifest manifest) {
        assertThat(manifest.name()).isEqualTo(name);
        return files.onStart(manifest, true, 0);
    }

    private FileOutcome begin(UserId from, String id, long size) {
        return files.onStart(manifest(from, id, id, new byte[0], size), true, 0);
    }

    private FileOutcome chunk(int index, byte[] piece) {
        return files.onChunk(frame(index, Base64Url.encode(piece)), true, 0);
    }

    private void sealed(ChunkSealer sealer, byte[] content, int index, int bytes) {
        byte[] piece = Arrays.copyOfRange(content, index * 446, index * 446 + bytes);
        files.onChunk(frame(index, Base64Url.encode(sealer.seal(index, piece))), true, 0);
    }

    private FileOutcome end() {
        return files.onEnd(new FileEnd(Actors.BOB, "public", 0, ID, ""), true, 0);
    }

    private static FileChunk frame(int index, String ciphertext) {
        return new FileChunk(Actors.BOB, "public", 0, ID, index, ciphertext, "");
    }

    private static Manifest manifest(String name, byte[] content, long size) {
        return manifest(Actors.BOB, ID, name, content, size);
    }

    private static Manifest manifest(
            UserId from, String id, String name, byte[] content, long size) {
        return new Manifest(from, from, id, name, size, sha256(content), true, null);
    }

    private List<String> names() throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertRefused(FileOutcome outcome, String reason) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).contains(reason));
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(Sha256.digest().digest(content));
    }

    private static byte[] bytes(int count) {
        byte[] made = new byte[count];
        new Random(count).nextBytes(made);
        return made;
    }
}
