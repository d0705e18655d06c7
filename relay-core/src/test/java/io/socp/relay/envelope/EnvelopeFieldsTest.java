package io.socp.relay.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.DecodeFailure.BrokenNotice;
import io.socp.relay.envelope.DecodeFailure.LimitExceeded;
import io.socp.relay.envelope.DecodeFailure.MissingField;
import io.socp.relay.envelope.DecodeFailure.MistypedField;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeFieldsTest {

    private static final String TEXT = "a string";

    @Test
    void shouldReadEveryField() {
        Envelope envelope = Frames.envelope(frame("from", "\"Alice\""));

        assertThat(envelope.type()).isEqualTo("T");
        assertThat(envelope.from()).isEqualTo("Alice");
        assertThat(envelope.to()).isEqualTo("b");
        assertThat(envelope.ts()).isEqualTo(1);
        assertThat(envelope.payload().members()).isEqualTo(JsonValue.JsonObject.EMPTY);
        assertThat(envelope.sig()).isEqualTo("s");
    }

    @Test
    void shouldIgnoreUnknownFields() {
        Envelope envelope = Frames.envelope(frame("alg", "\"PS256\""));

        assertThat(envelope.type()).isEqualTo("T");
        assertThat(Frames.text(envelope.bytes())).contains("PS256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "from", "to", "ts", "payload"})
    void shouldNameFieldThatIsMissingOrNull(String field) {
        assertThat(Frames.failure(frame(field, null))).isEqualTo(new MissingField(field));
        assertThat(Frames.failure(frame(field, "null"))).isEqualTo(new MissingField(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CTRL_CLOSE", "ACK", "ERROR"})
    void shouldAcceptBareFrameOfLenientType(String type) {
        Envelope envelope = Frames.envelope("{\"type\":\"" + type + "\"}");

        assertThat(envelope)
                .isEqualTo(
                        Envelope.of(type, "", "", 0, Payload.of(JsonValue.JsonObject.EMPTY), ""));
        assertThat(Frames.text(envelope.payload().bytes())).isEqualTo("{}");
        assertThat(Frames.envelope("{\"type\":\"" + type + "\",\"to\":null}")).isEqualTo(envelope);
    }

    @Test
    void shouldCheckWhatBareFrameDoesHold() {
        assertThat(Frames.failure("{\"type\":\"ACK\",\"to\":1}"))
                .isEqualTo(new BrokenNotice(new MistypedField("to", TEXT)));
        assertThat(Frames.failure("{\"type\":\"ERROR\",\"payload\":\"x\"}"))
                .isEqualTo(new BrokenNotice(new MistypedField("payload", "an object")));
    }

    @ParameterizedTest
    @CsvSource({"type,1", "type,{}", "from,true", "from,[]", "to,1.5", "sig,7", "sig,{}"})
    void shouldNameFieldThatIsNoString(String field, String json) {
        assertThat(Frames.failure(frame(field, json))).isEqualTo(new MistypedField(field, TEXT));
    }

    @Test
    void shouldRefuseEmptyType() {
        assertThat(Frames.failure(frame("type", "\"\"")))
                .isEqualTo(new MistypedField("type", "a non-empty string"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"{}\"", "1", "true"})
    void shouldRefusePayloadThatIsNoObject(String json) {
        assertThat(Frames.failure(frame("payload", json)))
                .isEqualTo(new MistypedField("payload", "an object"));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "1700000000000,1700000000000", "9007199254740991,9007199254740991"})
    void shouldReadTimestampUpToTheBound(String json, long expected) {
        assertThat(Frames.envelope(frame("ts", json)).ts()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740992",
                "99999999999999999999",
                "-1",
                "-0",
                "-0.5",
                "-1e3",
                "9007199254740992.0",
                "1e999",
                "\"1700000000000\"",
                "true",
                "{}"
            })
    void shouldRefuseTimestampOutOfRange(String json) {
        assertThat(Frames.failure(frame("ts", json)))
                .isEqualTo(new MistypedField("ts", "an integer from 0 to 9007199254740991"));
    }

    @ParameterizedTest
    @CsvSource({
        "1795163171283.7522, 1795163171284",
        "1795163171.2837522, 1795163171284",
        "1.795163171284e12, 1795163171284",
        "9007199254740991.0, 9007199254740991",
        "1.5, 1500"
    })
    void shouldReadClockWithFraction(String json, long ts) {
        assertThat(Frames.envelope(frame("ts", json)).ts()).isEqualTo(ts);
    }

    @ParameterizedTest
    @CsvSource({"type,64", "from,255", "to,255", "sig,2048"})
    void shouldReadStringAtTheBoundAndRefuseOnePast(String field, int max) {
        String atBound = "é".repeat(max);

        assertThat(Frames.decode(frame(field, '"' + atBound + '"'))).isInstanceOf(Decoded.class);
        assertThat(Frames.failure(frame(field, '"' + atBound + "x\"")))
                .isEqualTo(new LimitExceeded(field + " length", max));
    }

    @Test
    void shouldReadEmptyAddressesAndAbsentSignature() {
        assertThat(Frames.envelope(frame("from", "\"\"")).from()).isEmpty();
        assertThat(Frames.envelope(frame("to", "\"\"")).to()).isEmpty();
        assertThat(Frames.envelope(frame("sig", null)).sig()).isEmpty();
        assertThat(Frames.envelope(frame("sig", "null")).sig()).isEmpty();
        assertThat(Frames.envelope(frame("sig", "\"\"")).sig()).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongInFewWords() {
        assertThat(new MissingField("ts").detail()).isEqualTo("missing field: ts");
        assertThat(new MistypedField("payload", "an object").detail())
                .isEqualTo("field payload must be an object");
        assertThat(new LimitExceeded("depth", 16).detail()).isEqualTo("depth exceeds 16");
    }

    /** A valid frame with one field replaced, or left out when {@code json} is null. */
    private static String frame(String field, String json) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("type", "\"T\"");
        fields.put("from", "\"a\"");
        fields.put("to", "\"b\"");
        fields.put("ts", "1");
        fields.put("payload", "{}");
        fields.put("sig", "\"s\"");
        fields.put(field, json);
        return fields.entrySet().stream()
                .filter(e -> e.getValue() != null)
                .map(e -> '"' + e.getKey() + "\":" + e.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
