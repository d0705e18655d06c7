package io.socp.relay.envelope;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalFormTest {

    static Stream<Named<Map<String, String>>> vectors() {
        return Vectors.read("/vectors/canonical.json").stream()
                .map(vector -> Named.of(vector.get("name"), vector));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldWriteWhatPythonWrites(Map<String, String> vector) {
        Payload payload = payload(vector.get("input"));

        assertThat(Frames.text(payload.canonical())).isEqualTo(vector.get("ascii"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldOfferDistinctSignedFormsInOrder(Map<String, String> vector) {
        String asReceived = vector.get("input").strip();
        Set<String> expected = new LinkedHashSet<>();
        expected.add(vector.get("ascii"));
        expected.add(vector.get("utf8"));
        expected.add(asReceived);

        List<String> forms =
                payload(vector.get("input")).signedForms().stream().map(Frames::text).toList();

        assertThat(forms).isEqualTo(new ArrayList<>(expected));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldReadItsOwnFormsBackToTheSameMembers(Map<String, String> vector) {
        Payload payload = payload(vector.get("input"));

        for (byte[] form : payload.signedForms()) {
            assertThat(payload(Frames.text(form))).isEqualTo(payload).hasSameHashCodeAs(payload);
        }
    }

    @Test
    void shouldKeepPayloadExactlyAsReceived() {
        String payload = "{ \"b\" : 1.0 ,\n\t\"a\":\"\\u00e9é\" }";

        Envelope envelope = Frames.envelope("  " + Frames.withPayload(payload) + "\r\n ");

        assertThat(Frames.text(envelope.payload().bytes())).isEqualTo(payload);
        assertThat(Frames.text(envelope.payload().canonical()))
                .isEqualTo("{\"a\":\"\\u00e9\\u00e9\",\"b\":1.0}");
    }

    @Test
    void shouldFindPayloadBehindWideCharactersAndNestedNamesakes() {
        String payload = "{\"payload\":{\"payload\":\"😀\"},\"x\":[{\"payload\":1}]}";
        String frame =
                "{\"é😀\":{\"payload\":{}},\"pay\\u006coad\": "
                        + payload
                        + " ,\"type\":\"T\",\"from\":\"\",\"to\":\"\",\"ts\":0}";

        assertThat(Frames.text(Frames.envelope(frame).payload().bytes())).isEqualTo(payload);
    }

    @Test
    void shouldUseCanonicalFormAsBytesWhenMadeHere() {
        Payload payload = Payload.of(JsonObject.builder().put("b", "é").put("a", 1).build());

        assertThat(Frames.text(payload.bytes())).isEqualTo("{\"a\":1,\"b\":\"\\u00e9\"}");
        assertThat(payload.signedForms().stream().map(Frames::text))
                .containsExactly("{\"a\":1,\"b\":\"\\u00e9\"}", "{\"a\":1,\"b\":\"é\"}");
    }

    @Test
    void shouldMakeEachFormOnce() {
        Payload payload = payload("{\"a\": 1}");

        assertThat(payload.canonical()).isSameAs(payload.canonical());
        assertThat(payload.bytes()).isSameAs(payload.bytes());
    }

    @Test
    void shouldNotPrintWhatUsersWrote() {
        assertThat(payload("{\"ciphertext\":\"secret\"}")).hasToString("Payload[ciphertext]");
    }

    private static Payload payload(String json) {
        byte[] frame = Frames.withPayload(json).getBytes(UTF_8);
        return ((Decoded) Frames.CODEC.decode(frame)).envelope().payload();
    }
}
