package io.socp.relay.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientEvent.ClientError;
import io.socp.relay.client.ClientEvent.FileReceived;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.Oaep;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alice is sent files by other implementations' clients, each with its habits. */
@Timeout(60)
class ForeignFilesTest {

    private static final UserId BOB = Actors.BOB;
    private static final String ALICE = Actors.ALICE.value();
    private static final String ID = "f11e0000-0000-4000-8000-000000000001";
    private static final byte[] CONTENT = "Grüße! ".repeat(100).getBytes(UTF_8);

    @TempDir private Path home;

    private final AliceAtTest alice = new AliceAtTest();
    private final Events events = alice.events();
    private Path downloads;

    @BeforeEach
    void start() throws Exception {
        downloads = home.resolve("downloads");
        alice.downloadsTo(downloads);
        alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));
    }

    @AfterEach
    void stop() {
        alice.close();
    }

    @Test
    void shouldTakeUnsignedBlocksAndSaySo() throws Exception {
        send(start("dm"), ALICE, false);
        for (int i = 0; i * 190 < CONTENT.length; i++) {
            send(block(i, Arrays.copyOfRange(CONTENT, i * 190, end(i, 190))), ALICE, false);
        }
        send(end(), ALICE, false);

        FileReceived received = events.next(FileReceived.class);
        assertThat(received.from()).isEqualTo(BOB);
        assertThat(received.path()).hasBinaryContent(CONTENT);
        assertThat(received.isVerified()).isFalse();
    }

    @Test
    void shouldVerifySignedBlocksOf400Bytes() throws Exception {
        send(start("dm"), ALICE, true);
        send(block(0, Arrays.copyOf(CONTENT, 400)), ALICE, true);
        send(block(1, Arrays.copyOfRange(CONTENT, 400, 800)), ALICE, true);
        send(block(2, Arrays.copyOfRange(CONTENT, 800, CONTENT.length)), ALICE, true);
        send(end(), ALICE, true);

        assertThat(events.next(FileReceived.class).isVerified()).isTrue();
    }

    @Test
    void shouldTakeAPublicFileOfPlainPiecesToNobody() throws Exception {
        send(start("public"), "", true);
        send(plain(0, Base64Url.encode(CONTENT)), "", true);
        send(end(), "", true);

        FileReceived received = events.next(FileReceived.class);
        assertThat(received.path()).hasBinaryContent(CONTENT);
        assertThat(received.isVerified()).isTrue();
    }

    @Test
    void shouldTakeStandardBase64AndAManifestWithoutMode() throws Exception {
        send(start(null), "public", true);
        send(plain(0, Base64.getEncoder().encodeToString(CONTENT)), "public", true);
        send(end(), "public", true);

        assertThat(events.next(FileReceived.class).path()).hasBinaryContent(CONTENT);
    }

    @Test
    void shouldNameTheSenderWhereAServerSpeaksForItsUsers() throws Exception {
        JsonObject.Builder start = manifest("public").put("sender", BOB.value());
        sendFromServer("FILE_START", Payload.of(start.build()));
        sendFromServer("FILE_CHUNK", plain(0, Base64Url.encode(CONTENT)).payload());
        sendFromServer("FILE_END", end().payload());

        FileReceived received = events.next(FileReceived.class);
        assertThat(received.from()).isEqualTo(BOB);
        assertThat(received.isVerified()).isFalse(); // the server's key is not Bob's
    }

    @Test
    void shouldNotLetAKnownUserSpeakForAnother() throws Exception {
        JsonObject.Builder start = manifest("public").put("sender", Actors.CAROL.value());
        send(new Draft("FILE_START", Payload.of(start.build())), ALICE, true);
        send(plain(0, Base64Url.encode(CONTENT)), ALICE, true);
        send(end(), ALICE, true);

        assertThat(events.next(FileReceived.class).from()).isEqualTo(BOB);
    }

    @Test
    void shouldRefuseANegativeIndex() throws Exception {
        send(start("dm"), ALICE, true);
        send(
                new Draft(
                        "FILE_CHUNK",
                        Payload.of(
                                JsonObject.builder()
                                        .put("file_id", ID)
                                        .put("index", -1)
                                        .put("ciphertext", "AAAA")
                                        .build())),
                ALICE,
                true);

        ClientError refused = events.next(ClientError.class);
        assertThat(refused.code()).isEqualTo(ClientErrorCode.FILE_REFUSED);
        assertThat(refused.detail()).contains("payload.index").contains("hostile.bin");
        assertThat(downloads).isEmptyDirectory();
    }

    @Test
    void shouldRefuseOtherContentThanAnnounced() throws Exception {
        byte[] other = CONTENT.clone();
        other[0]++;
        send(start("public"), "public", true);
        send(plain(0, Base64Url.encode(other)), "public", true);
        send(end(), "public", true);

        assertThat(events.next(ClientError.class).detail()).contains("SHA-256");
        assertThat(downloads).isEmptyDirectory();
    }

    @Test
    void shouldGiveUpWhenTheSenderLeaves() throws Exception {
        send(start("dm"), ALICE, true);
        alice.connection().send(ServerFrames.remove(BOB));

        assertThat(events.next(ClientError.class).detail()).contains("the sender has left");
        assertThat(downloads).isEmptyDirectory();
    }

    @Test
    void shouldLeaveNothingWhenTheConnectionIsLost() throws Exception {
        send(start("dm"), ALICE, true);
        alice.connection().cut();

        assertThat(events.next(ClientError.class).detail()).contains("the connection is gone");
        events.next(ClientEvent.Closed.class);
        assertThat(downloads).isEmptyDirectory();
    }

    /** A frame of Bob's without its envelope. */
    private record Draft(String type, Payload payload) {}

    private void send(Draft draft, String to, boolean isSigned) {
        String sig =
                isSigned
                        ? Base64Url.encode(TestKeys.BOB.signer().sign(draft.payload().canonical()))
                        : "";
        alice.connection()
                .send(
                        Envelope.of(
                                draft.type(),
                                BOB.value(),
                                to,
                                ServerFrames.TS,
                                draft.payload(),
                                sig));
    }

    private void sendFromServer(String type, Payload payload) {
        String sig = Base64Url.encode(TestKeys.SERVER_A.signer().sign(payload.canonical()));
        alice.connection()
                .send(
                        Envelope.of(
                                type,
                                ServerFrames.ID.value(),
                                ALICE,
                                ServerFrames.TS,
                                payload,
                                sig));
    }

    private static Draft start(String mode) throws Exception {
        return new Draft("FILE_START", Payload.of(manifest(mode).build()));
    }

    private static JsonObject.Builder manifest(String mode) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(CONTENT);
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("file_id", ID)
                        .put("name", "../../hostile.bin")
                        .put("size", CONTENT.length)
                        .put("sha256", HexFormat.of().withUpperCase().formatHex(digest));
        return mode == null ? fields : fields.put("mode", mode);
    }

    private static Draft block(int index, byte[] piece) {
        return plain(index, Base64Url.encode(Oaep.encrypt(TestKeys.ALICE.publicKey(), piece)));
    }

    private static Draft plain(int index, String ciphertext) {
        return new Draft(
                "FILE_CHUNK",
                Payload.of(
                        JsonObject.builder()
                                .put("file_id", ID)
                                .put("index", index)
                                .put("ciphertext", ciphertext)
                                .build()));
    }

    private static Draft end() {
        return new Draft("FILE_END", Payload.of(JsonObject.builder().put("file_id", ID).build()));
    }

    private static int end(int index, int bytes) {
        return Math.min(CONTENT.length, (index + 1) * bytes);
    }
}
