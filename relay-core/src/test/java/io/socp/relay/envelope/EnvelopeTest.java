package io.socp.relay.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

    @Test
    void shouldWriteStandardFormWhenMadeHere() {
        Payload payload = Payload.of(JsonObject.builder().put("z", true).put("a", "x").build());

        Envelope envelope = Envelope.of("ACK", "é\"1", "*", 1_700_000_000_000L, payload, "sig-1");

        assertThat(Frames.text(envelope.bytes()))
                .isEqualTo(
                        "{\"type\":\"ACK\",\"from\":\"\\u00e9\\\"1\",\"to\":\"*\","
                                + "\"ts\":1700000000000,\"payload\":{\"a\":\"x\",\"z\":true},"
                                + "\"sig\":\"sig-1\"}");
        assertThat(envelope.bytes()).isSameAs(envelope.bytes());
    }

    @Test
    void shouldSurviveEncodingAndDecoding() {
        JsonObject members =
                JsonObject.builder()
                        .put("text", "a\"\\\n\u007f\u0001é😀")
                        .put("number", -5)
                        .put(
                                "list",
                                new JsonArray(List.of(JsonLiteral.NULL, new JsonNumber("1e5"))))
                        .put("object", JsonObject.EMPTY)
                        .build();
        Envelope made = Envelope.of("T", "from-1", "to-1", 42, Payload.of(members), "s");

        Envelope read = ((Decoded) Frames.CODEC.decode(made.bytes())).envelope();

        assertThat(read).isEqualTo(made).hasSameHashCodeAs(made);
        assertThat(read.bytes()).isSameAs(made.bytes());
        assertThat(read.payload().bytes()).isEqualTo(made.payload().bytes());
        assertThat(read.payload().members()).isEqualTo(members);
    }

    @Test
    void shouldCarryReceivedPayloadUnchangedInAnotherEnvelope() {
        String odd = "{ \"b\":1.50, \"a\":\"\\u00E9é\" }";
        Payload received = Frames.envelope(Frames.withPayload(odd)).payload();

        Envelope wrapped = Envelope.of("T2", "x", "y", 2, received, "s2");

        assertThat(Frames.text(wrapped.bytes())).contains(",\"payload\":" + odd + ",");
        assertThat(Frames.envelope(Frames.text(wrapped.bytes()))).isEqualTo(wrapped);
    }

    @Test
    void shouldTellEnvelopesApartByEachField() {
        Payload payload = Payload.of(JsonObject.EMPTY);
        Payload other = Payload.of(JsonObject.builder().put("a", 1).build());
        Envelope envelope = Envelope.of("T", "a", "b", 1, payload, "s");

        assertThat(envelope)
                .isEqualTo(Envelope.of("T", "a", "b", 1, payload, "s"))
                .isNotEqualTo(Envelope.of("U", "a", "b", 1, payload, "s"))
                .isNotEqualTo(Envelope.of("T", "c", "b", 1, payload, "s"))
                .isNotEqualTo(Envelope.of("T", "a", "c", 1, payload, "s"))
                .isNotEqualTo(Envelope.of("T", "a", "b", 2, payload, "s"))
                .isNotEqualTo(Envelope.of("T", "a", "b", 1, other, "s"))
                .isNotEqualTo(Envelope.of("T", "a", "b", 1, payload, "t"));
        assertThat(envelope).hasToString("T a -> b ts=1");
    }

    @Test
    void shouldKeepMembersInOrderAndLastValueOfBuilder() {
        JsonObject object =
                JsonObject.builder().put("z", 1).put("a", 2).put("m", 3).put("z", "last").build();

        assertThat(object.members().keySet()).containsExactly("z", "a", "m");
        assertThat(object.get("z")).isEqualTo(new JsonText("last"));
        assertThat(object.get("missing")).isNull();
    }

    @Test
    void shouldNotChangeWithTheCollectionsItWasMadeFrom() {
        Map<String, JsonValue> map = new LinkedHashMap<>(Map.of("a", JsonLiteral.TRUE));
        List<JsonValue> list = new ArrayList<>(List.of(JsonLiteral.TRUE));
        JsonObject object = new JsonObject(map);
        JsonArray array = new JsonArray(list);

        map.clear();
        list.clear();

        assertThat(object.members()).hasSize(1);
        assertThat(array.elements()).hasSize(1);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> object.members().clear());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1.0", "1e5", "-1.5E-10", "10", "1E+0"})
    void shouldHoldNumberLiteral(String literal) {
        assertThat(new JsonNumber(literal).literal()).isEqualTo(literal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "01", "1.", ".5", "+1", "1e", "NaN", "1,\"x\":2", " 1", "1 ", "0x1"})
    void shouldRefuseWhatIsNoNumber(String literal) {
        assertThatIllegalArgumentException().isThrownBy(() -> new JsonNumber(literal));
    }

    @Test
    void shouldRefuseLimitsThatMakeNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> new EnvelopeLimits(0, 16, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new EnvelopeLimits(1, 16, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new EnvelopeLimits(1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new EnvelopeLimits(1, 257, 1));
    }
}
