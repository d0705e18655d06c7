package io.socp.relay.envelope;

import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.util.Map;

/**
 * What the canonical form of a tree looks like when nothing in it needs an escape. Pure.
 *
 * <p>The length alone tells whether there is white space in a text that holds the same tree: so a
 * payload that came in canonical form is recognised without being written again.
 */
final class PlainForm {

    private static final int QUOTES = 2;
    private static final int BRACKETS = 2;

    private PlainForm() {}

    /** The length in bytes; for other trees a guess, too low. */
    static int length(JsonValue value) {
        return switch (value) {
            case JsonText(String text) -> text.length() + QUOTES;
            case JsonNumber(String literal) -> literal.length();
            case JsonLiteral literal -> literal.json().length();
            case JsonObject(Map<String, JsonValue> members) -> {
                int length = BRACKETS + Math.max(0, members.size() - 1);
                for (Map.Entry<String, JsonValue> member : members.entrySet()) {
                    length += member.getKey().length() + QUOTES + 1 + length(member.getValue());
                }
                yield length;
            }
            case JsonArray(var elements) -> {
                int length = BRACKETS + Math.max(0, elements.size() - 1);
                for (JsonValue element : elements) {
                    length += length(element);
                }
                yield length;
            }
        };
    }

    /** Whether all objects in it have their members in canonical order. */
    static boolean isSorted(JsonValue value) {
        return switch (value) {
            case JsonText _, JsonNumber _, JsonLiteral _ -> true;
            case JsonArray(var elements) -> {
                for (JsonValue element : elements) {
                    if (!isSorted(element)) {
                        yield false;
                    }
                }
                yield true;
            }
            case JsonObject(Map<String, JsonValue> members) -> {
                String before = null;
                for (Map.Entry<String, JsonValue> member : members.entrySet()) {
                    String name = member.getKey();
                    if (before != null && CodePointOrder.INSTANCE.compare(before, name) >= 0) {
                        yield false;
                    }
                    if (!isSorted(member.getValue())) {
                        yield false;
                    }
                    before = name;
                }
                yield true;
            }
        };
    }
}
