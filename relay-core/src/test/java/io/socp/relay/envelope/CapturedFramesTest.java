package io.socp.relay.envelope;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.testing.WireFrames;
import io.socp.relay.testing.WireFrames.WireFrame;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real frames of other implementations decode, and their transport signatures verify, as recorded.
 */
class CapturedFramesTest {

    private static final EnvelopeCodec CODEC = new EnvelopeCodec(EnvelopeLimits.DEFAULT);
    private static final SignatureVerifier VERIFIER = new SignatureVerifier();

    static List<String> implementations() {
        return WireFrames.implementations();
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void shouldDecodeOrFailAsRecorded(String implementation) {
        List<WireFrame> frames = WireFrames.of(implementation);

        List<String> outcomes = frames.stream().map(f -> outcome(decode(f))).toList();

        assertThat(outcomes).isEqualTo(frames.stream().map(WireFrame::expected).toList());
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void shouldKeepFrameAndPayloadByteForByte(String implementation) {
        for (WireFrame frame : WireFrames.of(implementation)) {
            if (decode(frame) instanceof Decoded(Envelope envelope)) {
                assertThat(text(envelope.bytes())).isEqualTo(frame.frame());
                assertThat(frame.frame()).contains(text(envelope.payload().bytes()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void shouldVerifyTransportSignatureWhereRecorded(String implementation) {
        List<WireFrame> frames = WireFrames.of(implementation);
        Set<RsaPublicKey> keys = keysIn(frames);

        List<String> outcomes = frames.stream().map(f -> transport(f, keys)).toList();

        assertThat(outcomes).isEqualTo(frames.stream().map(WireFrame::transport).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "fengyuan213, 6, 18, 21, 8",
        "troublesome12, 4, 33, 0, 14",
        "willlehmann, 3, 33, 5, 40"
    })
    void shouldHoldAsManyKeysAndSignaturesAsTheCaptures(
            String implementation, int keys, long canonical, long unverified, long none) {
        List<WireFrame> frames = WireFrames.of(implementation);

        Map<String, Long> byTransport =
                frames.stream()
                        .collect(
                                Collectors.groupingBy(
                                        WireFrame::transport, TreeMap::new, Collectors.counting()));

        assertThat(keysIn(frames)).hasSize(keys);
        assertThat(byTransport.getOrDefault("canonical", 0L)).isEqualTo(canonical);
        assertThat(byTransport.getOrDefault("unverified", 0L)).isEqualTo(unverified);
        assertThat(byTransport.getOrDefault("none", 0L)).isEqualTo(none);
    }

    @Test
    void shouldRefuseEveryCapturedSignatureWhenPayloadIsAnother() {
        for (String implementation : implementations()) {
            List<WireFrame> frames = WireFrames.of(implementation);
            Set<RsaPublicKey> keys = keysIn(frames);

            Stream<WireFrame> signed =
                    frames.stream().filter(f -> f.transport().equals("canonical"));

            assertThat(signed)
                    .allSatisfy(frame -> {
                        Envelope envelope = ((Decoded) decode(frame)).envelope();
                        assertThat(signs(keys, "{}".getBytes(UTF_8), envelope)).isFalse();
                    });
        }
    }

    private static Decoding decode(WireFrame frame) {
        return CODEC.decode(frame.frame().getBytes(UTF_8));
    }

    private static String outcome(Decoding decoding) {
        return switch (decoding) {
            case Decoded _ -> "Decoded";
            case DecodeFailure.MissingField(String field) -> "MissingField " + field;
            case DecodeFailure.MistypedField(String field, String _) -> "MistypedField " + field;
            case DecodeFailure failure -> failure.toString();
        };
    }

    private static String transport(WireFrame frame, Set<RsaPublicKey> keys) {
        if (!(decode(frame) instanceof Decoded(Envelope envelope)) || envelope.sig().isEmpty()) {
            return "none";
        }
        return signs(keys, envelope.payload().canonical(), envelope) ? "canonical" : "unverified";
    }

    private static boolean signs(Set<RsaPublicKey> keys, byte[] message, Envelope envelope) {
        byte[] signature = Base64Url.decode(envelope.sig());
        return keys.stream().anyMatch(key -> VERIFIER.verifies(key, message, signature));
    }

    private static Set<RsaPublicKey> keysIn(List<WireFrame> frames) {
        return frames.stream()
                .map(CapturedFramesTest::decode)
                .flatMap(d -> d instanceof Decoded(Envelope e) ? Stream.of(e) : Stream.empty())
                .flatMap(envelope -> texts(envelope.payload().members()))
                .filter(text -> text.length() > 600)
                .flatMap(text ->
                        RsaPublicKey.read(text) instanceof KeyReading.Valid(var key)
                                ? Stream.of(key)
                                : Stream.empty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Stream<String> texts(JsonValue value) {
        return switch (value) {
            case JsonObject(Map<String, JsonValue> members) -> texts(members.values());
            case JsonArray(List<JsonValue> elements) -> texts(elements);
            case JsonText(String text) -> Stream.of(text);
            case JsonNumber _, JsonLiteral _ -> Stream.empty();
        };
    }

    private static Stream<String> texts(Collection<JsonValue> values) {
        Function<JsonValue, Stream<String>> texts = CapturedFramesTest::texts;
        return values.stream().flatMap(texts);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
