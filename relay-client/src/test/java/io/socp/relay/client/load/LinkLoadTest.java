package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The generator's side of link authentication. */
@Timeout(120)
class LinkLoadTest {

    private static final IdentityKey ALICE = TestKeys.ALICE.identity();
    private static final SignatureVerifier RSA = new SignatureVerifier(CryptoProvider.chosen());
    private static final UserId FROM = new UserId("00000000-0000-4000-8000-00000000000a");
    private static final UserId TO = new UserId("00000000-0000-4000-8000-00000000000b");
    private static final Corpus CORPUS =
            Corpus.create(new CorpusSpec(1, 16, 64), List.of(ALICE), 7);

    @Test
    void shouldSignTheContentAndNotTheFrame() {
        Script script = direct(new Slice(4, 2));

        JsonNode frame = frame(script, 1);

        JsonNode payload = frame.path("payload");
        String ciphertext = payload.path("ciphertext").stringValue();
        SealedText sealed =
                new SealedText(
                        ciphertext,
                        ALICE.publicKey().text(),
                        payload.path("content_sig").stringValue());
        long ts = frame.path("ts").longValue();
        assertThat(frame.path("sig").stringValue()).isEmpty();
        assertThat(ciphertext).isEqualTo(Marker.mark(5, ciphertext));
        assertThat(payload.path("sender_pub").stringValue()).isEqualTo(ALICE.publicKey().text());
        assertThat(ContentSignature.holdsDirect(RSA, ALICE.publicKey(), sealed, FROM, TO, ts))
                .isTrue();
    }

    @Test
    void shouldMakeEveryUseOfAFrameAnother() {
        Script script = direct(new Slice(0, 1));

        JsonNode first = frame(script, 0);
        JsonNode second = frame(script, 0);

        assertThat(second.path("ts")).isEqualTo(first.path("ts"));
        assertThat(second.path("payload")).isNotEqualTo(first.path("payload"));
        assertThat(second.path("payload").path("content_sig"))
                .isEqualTo(first.path("payload").path("content_sig"));
    }

    @Test
    void shouldWritePayloadsInCanonicalForm() {
        String text = text(direct(new Slice(0, 1)), 0);

        String payload =
                text.substring(text.indexOf("\"payload\":") + 10, text.indexOf(",\"sig\""));

        List<String> names = new ArrayList<>();
        JsonMapper.shared().readTree(payload).propertyNames().forEach(names::add);
        assertThat(names).isSorted().contains("n");
        assertThat(payload).doesNotContain(" ");
    }

    @Test
    void shouldSignTheNonceAndTheServerInAHello() throws Exception {
        var extensions = LinkHellos.extensions("bm9uY2U", TestKeys.BOB.identity().publicKey());

        OutgoingFrame hello = SignedHellos.frame(FROM, ALICE.signer(), extensions);

        JsonNode frame = JsonMapper.shared().readTree(text(hello.encode(allocator(), 1)));
        JsonNode said = frame.path("payload").path("ext").path("link_auth");
        byte[] bob = TestKeys.BOB.identity().publicKey().key().getEncoded();
        assertThat(said.path("nonce").stringValue()).isEqualTo("bm9uY2U");
        assertThat(Base64Url.decode(said.path("server").stringValue()))
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(bob));
        byte[] signed = frame.path("payload").toString().getBytes(UTF_8);
        byte[] sig = Base64Url.decode(frame.path("sig").stringValue());
        assertThat(RSA.verifies(ALICE.publicKey(), signed, sig)).isTrue();
    }

    @Test
    void shouldTellAnAuthenticatedLinkFromAnother() {
        assertThat(isProven("{\"payload\":{\"ext\":{\"link_auth\":true,\"v\":1}}}")).isTrue();
        assertThat(isProven("{\"payload\":{\"ext\":{\"link_auth\":false}}}")).isFalse();
        assertThat(isProven("{\"payload\":{\"ext\":{\"v\":1}}}")).isFalse();
        assertThat(isUnsigned("{\"sig\":\"\"}")).isTrue();
        assertThat(isUnsigned("{\"sig\":\"x\"}")).isFalse();
        assertThat(isUnsigned("{}")).isFalse();
    }

    @Test
    void shouldMeasureTheLimitsWithTheSameFrames() throws Exception {
        LoadOptions options = options(URI.create("wss://127.0.0.1:1"));

        Limit verify = Limit.ofDirect(options, CORPUS, Limit.Kind.RSA);
        LoadResult toAll = Limit.raw(new FanOut(), options, CORPUS);

        LoadResult raw = verify.raw();
        assertThat(raw).isNotNull();
        assertThat(raw.counts().unsigned()).isEqualTo(raw.received());
        assertThat(raw.received()).isPositive().isEqualTo(raw.sent());
        assertThat(verify.rsa()).isNotNull();
        assertThat(verify.perCpuSecond()).isEqualTo(verify.rsa().verifyPerSecond());
        assertThat(toAll.received()).isEqualTo(2 * toAll.sent());
        assertThat(toAll.counts().unsigned()).isEqualTo(toAll.received());
    }

    @Test
    void shouldSayThatTheServerOffersNone() throws Exception {
        try (RawServerProcess raw = RawServerProcess.start(ALICE)) {
            assertThatThrownBy(() -> Direct.onOneRelay().run(options(raw.uri()), CORPUS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("offers no link authentication");
        }
    }

    private static Script direct(Slice payloads) {
        return LinkScript.sign(
                MessageType.MSG_DIRECT, FROM, TO.value(), ALICE.signer(), payloads, 64);
    }

    private static LoadOptions options(URI server) {
        return new LoadOptions(
                List.of(server),
                List.of(),
                2,
                1,
                2,
                0,
                0,
                Duration.ofMillis(50),
                Duration.ofMillis(300),
                Dialect.OURS,
                new Security(List.of(), true, LinkMode.AUTHENTICATED));
    }

    private static JsonNode frame(Script script, int number) {
        return JsonMapper.shared().readTree(text(script, number));
    }

    private static String text(Script script, int number) {
        return text(script.next(allocator(), number));
    }

    /** The text of a masked frame of 126 to 65,535 bytes. */
    private static String text(ByteBuf frame) {
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes).release();
        int text = 8;
        for (int i = text; i < bytes.length; i++) {
            bytes[i] ^= bytes[text - 4 + (i - text) % 4];
        }
        return new String(bytes, text, bytes.length - text, UTF_8);
    }

    private static UnpooledByteBufAllocator allocator() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    private static boolean isProven(String frame) {
        ByteBuf bytes = Unpooled.wrappedBuffer(frame.getBytes(UTF_8));
        return Notice.isLinkAuthenticated(bytes, 0, bytes.readableBytes());
    }

    private static boolean isUnsigned(String frame) {
        ByteBuf bytes = Unpooled.wrappedBuffer(frame.getBytes(UTF_8));
        return Notice.isUnsigned(bytes, 0, bytes.readableBytes());
    }
}
