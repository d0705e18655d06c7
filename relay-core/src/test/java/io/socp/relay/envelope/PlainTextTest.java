package io.socp.relay.envelope;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlainTextTest {

    private static final int LENGTH_MAX = 20;

    @Test
    void shouldFindTheOneByteThatIsNotPlainWhereverItStands() {
        for (int length = 1; length <= LENGTH_MAX; length++) {
            for (int at = 0; at < length; at++) {
                for (int value = 0; value < 256; value++) {
                    byte[] bytes = new byte[length];
                    Arrays.fill(bytes, (byte) '~');
                    bytes[at] = (byte) value;
                    boolean isPlain = value >= 0x20 && value < 0x7f && value != '\\';

                    assertThat(PlainText.isPlain(bytes)).isEqualTo(isPlain);
                    assertThat(PlainText.isPlainString(bytes))
                            .isEqualTo(isPlain && value != '"' && value != '?');
                    assertThat(PlainText.quoteFrom(bytes, 0)).isEqualTo(value == '"' ? at : -1);
                    assertThat(PlainText.skipAscii(bytes, 0))
                            .isBetween(0, value < 0x80 ? length : at);
                }
            }
        }
    }

    @Test
    void shouldNotBeMisledByNeighbours() {
        var random = new SplittableRandom(11);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(1, LENGTH_MAX)];
            for (int k = 0; k < bytes.length; k++) {
                // Mostly the bytes next to the bounds.
                byte[] edges = {
                    0x1f, 0x20, 0x21, 0x22, 0x23, 0x3e, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7e, 0x7f,
                    -128
                };
                bytes[k] = edges[random.nextInt(edges.length)];
            }
            boolean isPlain = true;
            boolean hasQuote = false;
            boolean hasMark = false;
            for (byte b : bytes) {
                isPlain &= b >= 0x20 && b != 0x7f && b != '\\';
                hasQuote |= b == '"';
                hasMark |= b == '?';
            }

            assertThat(PlainText.isPlain(bytes)).isEqualTo(isPlain);
            assertThat(PlainText.isPlainString(bytes)).isEqualTo(isPlain && !hasQuote && !hasMark);
            assertThat(PlainText.quoteFrom(bytes, 0) >= 0).isEqualTo(hasQuote);
        }
    }

    @Test
    void shouldHaveTheSameCanonicalFormHoweverThePayloadWasWritten() {
        var random = new SplittableRandom(12);
        for (int i = 0; i < 20_000; i++) {
            JsonObject members = object(random, 0);
            byte[] written = Payload.of(members).canonical();
            String asSent = text(members, random, i % 2 == 0);

            Payload received = Frames.envelope(Frames.withPayload(asSent)).payload();

            assertThat(received.members()).isEqualTo(members);
            assertThat(Frames.text(received.canonical())).isEqualTo(Frames.text(written));
            assertThat(Frames.text(received.bytes())).isEqualTo(asSent);
        }
    }

    @Test
    void shouldEscapeHalfOfAPair() {
        JsonObject half = JsonObject.builder().put("t", "a\ud800").build();
        JsonObject question = JsonObject.builder().put("t", "a?").build();

        assertThat(Frames.text(Payload.of(half).canonical())).isEqualTo("{\"t\":\"a\\ud800\"}");
        assertThat(Frames.text(Payload.of(question).canonical())).isEqualTo("{\"t\":\"a?\"}");
    }

    private static JsonObject object(SplittableRandom random, int depth) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            members.put(string(random), value(random, depth + 1));
        }
        return new JsonObject(members);
    }

    private static JsonValue value(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth < 4 ? 6 : 4)) {
            case 0 -> random.nextBoolean() ? JsonLiteral.TRUE : JsonLiteral.NULL;
            case 1 ->
                    new JsonNumber(
                            List.of("0", "-0", "1.50", "2E+1", "907").get(random.nextInt(5)));
            case 4 -> object(random, depth);
            case 5 -> {
                List<JsonValue> elements = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    elements.add(value(random, depth + 1));
                }
                yield new JsonArray(elements);
            }
            default -> new JsonText(string(random));
        };
    }

    private static String string(SplittableRandom random) {
        List<String> parts =
                random.nextInt(4) == 0
                        ? List.of("a", "\"", "\\", "\n", "\u007f", "é", "😀", "?", "/")
                        : List.of("a", "B", "0", " ", "~", "?", "/", "{", ",", ":");
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }

    /** As some sender might write it: canonical but for the order, or with white space. */
    private static String text(JsonValue value, SplittableRandom random, boolean compact) {
        String space = compact || random.nextInt(8) > 0 ? "" : " ";
        return switch (value) {
            case JsonObject(Map<String, JsonValue> members) -> {
                List<String> rows = new ArrayList<>();
                members.forEach((name, member) ->
                        rows.add(
                                text(new JsonText(name), random, true)
                                        + ":"
                                        + text(member, random, compact)));
                yield "{" + space + String.join("," + space, rows) + "}";
            }
            case JsonArray(var elements) -> {
                List<String> rows = new ArrayList<>();
                elements.forEach(element -> rows.add(text(element, random, compact)));
                yield "[" + String.join("," + space, rows) + space + "]";
            }
            case JsonText _, JsonNumber _, JsonLiteral _ -> {
                String member =
                        new String(
                                Payload.of(new JsonObject(Map.of("", value))).canonical(), UTF_8);
                yield member.substring("{\"\":".length(), member.length() - 1);
            }
        };
    }
}
