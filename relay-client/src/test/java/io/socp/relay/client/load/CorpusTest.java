package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.message.MessageType;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is signed before a run, on disk and on the wire. */
class CorpusTest {

    private static final long TS = 1_790_000_000_123L;
    private static final CorpusSpec SPEC = new CorpusSpec(2, 5, 10);
    private static final List<IdentityKey> KEYS =
            List.of(TestKeys.ALICE.identity(), TestKeys.BOB.identity());
    private static final Corpus CORPUS = Corpus.create(SPEC, KEYS, 7);

    @TempDir private Path directory;

    @Test
    void shouldMakeFramesThatAreSignedWithTheKeyOfTheirPlace() {
        assertThat(CORPUS.size()).isEqualTo(4);

        for (int i = 0; i < CORPUS.size(); i++) {
            Envelope envelope = envelope(frame(CORPUS.tail(i)));

            assertThat(envelope.type()).isEqualTo("MSG_DIRECT");
            assertThat(envelope.ts()).isEqualTo(TS);
            assertThat(envelope.to()).isEqualTo(Actors.BOB.value());
            assertThat(
                            TransportSignature.holds(
                                    new SignatureVerifier(), KEYS.get(i / 2).publicKey(), envelope))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 446, 447, 40_000})
    void shouldMakeFramesOfEveryLength(int textBytes) {
        Corpus corpus = Corpus.create(new CorpusSpec(1, 1, textBytes), KEYS.subList(0, 1), 7);

        ByteBuf frame = frame(corpus.tail(0));
        byte[] text = unmasked(frame);

        assertThat(text.length).isGreaterThan(textBytes);
        assertThat(new Marker().find(wrapped(text), 0, text.length)).isZero();
    }

    @Test
    void shouldFindTheNumberOfAPayloadWhereverItStands() {
        Marker marker = new Marker();

        for (int number : new int[] {0, 1, 63, 64, 4_095, 50_000, (1 << 24) - 1}) {
            String marked = Marker.mark(number, "x".repeat(20));
            byte[] near = ("{\"ciphertext\":\"" + marked + "\"}").getBytes(UTF_8);
            byte[] far = ("{\"a\":\"b\",  \"ciphertext\" : \"" + marked + "\"}").getBytes(UTF_8);

            assertThat(marked).hasSize(20);
            assertThat(marker.find(wrapped(near), 0, near.length)).isEqualTo(number);
            assertThat(marker.find(wrapped(far), 0, far.length)).isEqualTo(number);
            assertThat(marker.find(wrapped(far), 0, far.length)).isEqualTo(number);
        }
    }

    @Test
    void shouldFindNoNumberInOtherFrames() {
        Marker marker = new Marker();

        for (String frame :
                List.of("", "{}", "\"bnc", "\"bnchAAA", "\"bnchA A\"", "{\"x\":\"bnc\"}")) {
            byte[] bytes = frame.getBytes(UTF_8);
            assertThat(marker.find(wrapped(bytes), 0, bytes.length)).isEqualTo(-1);
        }
    }

    @Test
    void shouldReadWhatItWrote() throws Exception {
        Path file = directory.resolve("deep").resolve("corpus");

        CorpusFile.write(file, CORPUS);
        Corpus read = CorpusFile.open(file, SPEC);

        assertThat(read.spec()).isEqualTo(SPEC);
        assertThat(read.size()).isEqualTo(CORPUS.size());
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.tail(i)).isEqualTo(CORPUS.tail(i));
        }
        assertThat(read.key(1).publicKey()).isEqualTo(KEYS.get(1).publicKey());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var left = Files.list(file.getParent())) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void shouldRefuseADamagedFile() throws Exception {
        Path file = directory.resolve("corpus");
        CorpusFile.write(file, CORPUS);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> CorpusFile.open(file, SPEC))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("damaged");
    }

    @Test
    void shouldRefuseATruncatedFileAtEveryLength() throws Exception {
        Path file = directory.resolve("corpus");
        CorpusFile.write(file, CORPUS);
        byte[] bytes = Files.readAllBytes(file);

        for (int length : new int[] {0, 1, 9, 10, 41, 42, 43, 500, bytes.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(bytes, length));

            assertThatThrownBy(() -> CorpusFile.open(file, SPEC))
                    .isInstanceOf(CorpusException.class);
        }
    }

    @Test
    void shouldRefuseAnotherCorpusThanWasAskedFor() throws Exception {
        Path file = directory.resolve("corpus");
        CorpusFile.write(file, CORPUS);

        assertThatThrownBy(() -> CorpusFile.open(file, new CorpusSpec(2, 5, 11)))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("5 payloads of 10 bytes");
    }

    @Test
    void shouldRefuseSomethingElse() throws Exception {
        Path file = Files.writeString(directory.resolve("letter"), "Dear diary,\n".repeat(20));

        assertThatThrownBy(() -> CorpusFile.open(file, SPEC))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no corpus");
        assertThat(file).exists();
    }

    @Test
    void shouldKeepCorporaInTheUsersCache() {
        assertThat(CorpusFile.standardPlace(SPEC, Map.of("XDG_CACHE_HOME", "/c")))
                .isEqualTo(Path.of("/c/socp/bench-2-5-10.corpus"));
        assertThat(CorpusFile.standardPlace(SPEC, Map.of()))
                .isEqualTo(
                        Path.of(
                                System.getProperty("user.home"),
                                ".cache/socp/bench-2-5-10.corpus"));
    }

    @Test
    void shouldBoundACorpus() {
        new CorpusSpec(1, CorpusSpec.PAYLOADS_MAX, CorpusSpec.TEXT_BYTES_MAX);
        new CorpusSpec(CorpusSpec.KEYS_MAX, CorpusSpec.KEYS_MAX, 1);

        assertThatThrownBy(() -> new CorpusSpec(1, CorpusSpec.PAYLOADS_MAX + 1, 1))
                .hasMessageContaining("payloads must be 1 to 50000");
        assertThatThrownBy(() -> new CorpusSpec(CorpusSpec.KEYS_MAX + 1, 1_000, 1))
                .hasMessageContaining("keys");
        assertThatThrownBy(() -> new CorpusSpec(3, 2, 1)).hasMessageContaining("payloads");
        assertThatThrownBy(() -> new CorpusSpec(1, 1, CorpusSpec.TEXT_BYTES_MAX + 1))
                .hasMessageContaining("payload bytes");
    }

    @Test
    void shouldGiveStreamsOfOneAudiencePayloadsOfTheirOwnUnderTheirOwnKey() {
        CorpusSpec spec = new CorpusSpec(4, 2_000, 64);

        for (int streams : new int[] {1, 3, 4, 5, 9}) {
            boolean[] isTaken = new boolean[2_000];
            for (int i = 0; i < streams; i++) {
                Slice slice = Slice.own(spec, i, streams);
                for (int p = slice.first(); p < slice.first() + slice.count(); p++) {
                    assertThat(isTaken[p]).isFalse();
                    assertThat(p / spec.payloadsOfAKey()).isEqualTo(i % spec.keys());
                    isTaken[p] = true;
                }
            }
        }
        assertThat(Slice.own(spec, 0, 1)).isEqualTo(new Slice(0, 500));
        assertThat(Slice.shared(spec, 3, 8, 16)).isEqualTo(new Slice(1_500, 500));
        assertThat(Slice.shared(spec, 1, 10_000, 1)).isEqualTo(new Slice(500, 2));
    }

    private static ByteBuf frame(byte[] tail) {
        byte[] head = OutgoingFrame.head(MessageType.MSG_DIRECT, Actors.ALICE, Actors.BOB.value());
        return new OutgoingFrame(head, tail).encode(UnpooledByteBufAllocator.DEFAULT, TS);
    }

    private static Envelope envelope(ByteBuf frame) {
        EnvelopeCodec codec = new EnvelopeCodec(EnvelopeLimits.DEFAULT);
        return ((Decoded) codec.decode(unmasked(frame))).envelope();
    }

    /** As Netty's server reads it. */
    private static byte[] unmasked(ByteBuf frame) {
        EmbeddedChannel server =
                new EmbeddedChannel(new WebSocket13FrameDecoder(true, false, 1 << 20));
        server.writeInbound(frame);
        TextWebSocketFrame text = server.readInbound();
        byte[] bytes = text.text().getBytes(UTF_8);
        text.release();
        server.finishAndReleaseAll();
        return bytes;
    }

    private static ByteBuf wrapped(byte[] bytes) {
        return io.netty.buffer.Unpooled.wrappedBuffer(bytes);
    }
}
