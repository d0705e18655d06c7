package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.ClientEvent.ClientError;
import io.socp.relay.client.ClientEvent.DirectMessage;
import io.socp.relay.client.ClientEvent.FileReceived;
import io.socp.relay.client.FileProgress.Direction;
import io.socp.relay.client.file.ReceiveLimits;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Member;
import io.socp.relay.client.testing.MiniRelay;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files between two of our clients, through a relay that just passes frames on. */
@Timeout(60)
class FileTransferTest {

    @TempDir private Path home;

    private final MiniRelay relay = new MiniRelay();
    private final Member alice = new Member(Actors.ALICE, TestKeys.ALICE);
    private final Member bob = new Member(Actors.BOB, TestKeys.BOB);
    private Path bobsDownloads;

    @BeforeEach
    void place() {
        bobsDownloads = home.resolve("bob/downloads");
    }

    @AfterEach
    void stop() {
        alice.close();
        bob.close();
        relay.close();
    }

    @Test
    void shouldCarryAHybridFileAndHearThatItIsThere() throws Exception {
        bothJoin();
        Path file = file("plan.bin", 3_000_000);

        Sent sent = alice.client().sendFile(bob.id(), file).get(30, SECONDS);

        assertThat(sent).isEqualTo(new Sent("1", bob.id().value(), Sent.State.DELIVERED, true));
        FileReceived received = bob.events().next(FileReceived.class);
        assertThat(received)
                .isEqualTo(
                        new FileReceived(
                                alice.id(),
                                "plan.bin",
                                bobsDownloads.resolve("plan.bin"),
                                3_000_000,
                                sha256(file),
                                true));
        assertThat(received.path()).hasSameBinaryContentAs(file);
        assertThat(relay.seen("FILE_CHUNK")).isEqualTo(46); // of 64 KiB
    }

    @Test
    void shouldTellHowFarItIs() throws Exception {
        bothJoin();

        alice.client().sendFile(bob.id(), file("a.bin", 200_000)).get(30, SECONDS);

        FileProgress first = alice.events().next(FileProgress.class);
        FileProgress last = first;
        while (!last.isOver()) {
            last = alice.events().next(FileProgress.class);
        }
        assertThat(first.direction()).isEqualTo(Direction.OUTGOING);
        assertThat(first.doneBytes()).isZero();
        assertThat(first.sizeBytes()).isEqualTo(200_000);
        assertThat(first.peer()).isEqualTo(bob.id().value());
        assertThat(last.doneBytes()).isEqualTo(200_000);
        assertThat(last.fileId()).isEqualTo(first.fileId());
        FileProgress incoming = bob.events().next(FileProgress.class);
        assertThat(incoming.direction()).isEqualTo(Direction.INCOMING);
        assertThat(incoming.peer()).isEqualTo(alice.id().value());
    }

    @Test
    void shouldSendBlocksToAStranger() throws Exception {
        bob.joinsPlainly(relay, bobsDownloads);
        alice.joins(relay, home.resolve("alice"));
        Path file = file("a.bin", 10_000);

        Sent sent = alice.client().sendFile(bob.id(), file).get(30, SECONDS);

        assertThat(sent.state()).isEqualTo(Sent.State.ACCEPTED);
        FileReceived received = bob.events().next(FileReceived.class);
        assertThat(received.path()).hasSameBinaryContentAs(file);
        assertThat(received.isVerified()).isTrue();
        assertThat(relay.seen("FILE_CHUNK")).isEqualTo(23); // of 446 bytes
    }

    @Test
    void shouldNotUseWhatItHasNotAnnouncedItself() throws Exception {
        bob.joins(relay, bobsDownloads);
        alice.joinsPlainly(relay, home.resolve("alice"));

        alice.client().sendFile(bob.id(), file("a.bin", 1_000)).get(30, SECONDS);

        assertThat(bob.events().next(FileReceived.class).isVerified()).isTrue();
        assertThat(relay.seen("FILE_CHUNK")).isEqualTo(3);
    }

    @Test
    void shouldCarryAPublicFileToEveryone() throws Exception {
        bothJoin();
        Path file = file("all.bin", 20_000);

        Sent sent = alice.client().sendPublicFile(file).get(30, SECONDS);

        assertThat(sent).isEqualTo(new Sent("1", "public", Sent.State.ACCEPTED, false));
        FileReceived received = bob.events().next(FileReceived.class);
        assertThat(received.path()).hasSameBinaryContentAs(file);
        assertThat(received.isVerified()).isTrue();
        assertThat(relay.seen("FILE_CHUNK")).isEqualTo(3); // of 8 KiB
    }

    @Test
    void shouldCarryAnEmptyFile() throws Exception {
        bothJoin();

        alice.client().sendFile(bob.id(), file("empty", 0)).get(30, SECONDS);

        assertThat(bob.events().next(FileReceived.class).path()).isEmptyFile();
    }

    @Test
    void shouldSendSeveralFilesToOneReaderAfterEachOther() throws Exception {
        bothJoin();
        CompletableFuture<?> last = null;
        for (int i = 0; i < 6; i++) {
            last = alice.client().sendFile(bob.id(), file(i + ".bin", 100_000 + i));
        }
        last.get(30, SECONDS);

        for (int i = 0; i < 6; i++) {
            assertThat(bob.events().next(FileReceived.class).name()).isEqualTo(i + ".bin");
        }
    }

    @Test
    void shouldTalkWhileAFileIsOnItsWay() throws Exception {
        bothJoin();
        CompletableFuture<Sent> file =
                alice.client().sendFile(bob.id(), file("big.bin", 6_000_000));
        bob.events().next(FileProgress.class);

        alice.client().sendDirect(bob.id(), "meanwhile").get(10, SECONDS);

        assertThat(bob.events().next(DirectMessage.class).text()).isEqualTo("meanwhile");
        assertThat(file).isNotDone();
        file.get(50, SECONDS);
    }

    @Test
    void shouldTellTheSenderThatTheReaderHasLeft() throws Exception {
        bothJoin();
        CompletableFuture<Sent> sending =
                alice.client().sendFile(bob.id(), file("big.bin", 6_000_000));
        bob.events().next(FileProgress.class);

        bob.close();

        assertThatThrownBy(() -> sending.get(30, SECONDS))
                .cause()
                .isInstanceOf(SocpException.class)
                .hasMessageContaining("USER_NOT_FOUND")
                .hasMessageContaining("file big.bin to " + bob.id())
                .hasMessageContaining("the user has left")
                .hasMessageContaining("of 6000000 bytes");
        bob.client().closed().get(10, SECONDS);
        assertThat(bobsDownloads).isEmptyDirectory();
        // What the server still says about pieces on their way is no news.
        alice.client().sendPublic("barrier").get(10, SECONDS);
        alice.client().settled().get(10, SECONDS);
        assertThat(alice.events().all())
                .noneMatch(event -> event instanceof ClientEvent.ServerError);
    }

    @Test
    void shouldTellTheSenderWhatTheReaderRefuses() throws Exception {
        ReceiveLimits strict = new ReceiveLimits(1_000, 1_000, 1, 1, Duration.ofSeconds(60));
        bob.joins(ClientOptions.to(relay.uri()).withFiles(new FileOptions(bobsDownloads, strict)));
        alice.joins(relay, home.resolve("alice"));

        CompletableFuture<Sent> sending = alice.client().sendFile(bob.id(), file("a", 1_001));

        assertThatThrownBy(() -> sending.get(10, SECONDS))
                .hasMessageContaining("FILE_FAILED")
                .hasMessageContaining("the limit is 1000 bytes a file");
        ClientError refused = bob.events().next(ClientError.class);
        assertThat(refused.code()).isEqualTo(ClientErrorCode.FILE_REFUSED);
        assertThat(refused.detail()).contains("file a from " + alice.id()).contains("1000");
        assertThat(bobsDownloads).doesNotExist();
    }

    @Test
    void shouldTellTheSenderThatTheReaderTakesNoFiles() throws Exception {
        bob.joins(ClientOptions.to(relay.uri()));
        alice.joins(relay, home.resolve("alice"));

        assertThatThrownBy(() -> alice.client().sendFile(bob.id(), file("a", 10)).get(10, SECONDS))
                .hasMessageContaining("takes no files");
    }

    @Test
    void shouldSayWhatCannotBeSent() throws Exception {
        bothJoin();

        assertThatThrownBy(() ->
                        alice.client().sendFile(bob.id(), home.resolve("none")).get(10, SECONDS))
                .hasMessageContaining("FILE_FAILED")
                .hasMessageContaining("there is no file");
        alice.client().sendFile(bob.id(), file("a", 10)).get(10, SECONDS);
    }

    @Test
    void shouldFailWhenTheConnectionIsGone() throws Exception {
        bothJoin();
        CompletableFuture<Sent> sending =
                alice.client().sendFile(bob.id(), file("big.bin", 6_000_000));
        bob.events().next(FileProgress.class);

        alice.client().close();

        assertThatThrownBy(() -> sending.get(10, SECONDS)).hasMessageContaining("CLOSED");
    }

    @Test
    void shouldPinTheKeyOfAFirstContactByFile() throws Exception {
        bothJoin();

        alice.client().sendFile(bob.id(), file("a", 10)).get(10, SECONDS);
        bob.events().next(FileReceived.class);

        assertThat(bob.pins().keyOf(alice.id())).isEqualTo(TestKeys.ALICE.publicKey());
    }

    private void bothJoin() throws Exception {
        bob.joins(relay, bobsDownloads);
        alice.joins(relay, home.resolve("alice"));
    }

    private Path file(String name, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return Files.write(home.resolve(name), content);
    }

    private static String sha256(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest);
    }
}
