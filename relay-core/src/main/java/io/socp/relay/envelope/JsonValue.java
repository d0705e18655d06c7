package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A JSON value as a tree of records. Every kind is immutable. */
public sealed interface JsonValue {

    /**
     * Members in the order they were written; names are distinct. Immutable.
     *
     * <p>Equal to another object with the same members in any order.
     */
    @Immutable
    record JsonObject(Map<String, JsonValue> members) implements JsonValue {

        /** The object with no members. */
        public static final JsonObject EMPTY = new JsonObject(Map.of());

        public JsonObject {
            members = Members.copyOf(members);
        }

        /** The value under a name, or null when there is no such member. */
        public @Nullable JsonValue get(String name) {
            return members.get(name);
        }

        public static Builder builder() {
            return new Builder();
        }

        /**
         * Collects members for one object; lives on one thread. A name put twice keeps the last
         * value.
         */
        public static final class Builder {

            private final Members.Collector members = new Members.Collector();

            private Builder() {}

            public Builder put(String name, JsonValue value) {
                members.put(name, value);
                return this;
            }

            public Builder put(String name, String value) {
                return put(name, new JsonText(value));
            }

            public Builder put(String name, long value) {
                return put(name, JsonNumber.of(value));
            }

            public Builder put(String name, boolean value) {
                return put(name, value ? JsonLiteral.TRUE : JsonLiteral.FALSE);
            }

            /** The same members as in {@code other}. */
            public Builder putAll(JsonObject other) {
                other.members().forEach(members::put);
                return this;
            }

            public JsonObject build() {
                return new JsonObject(members.finish());
            }
        }
    }

    /** Elements in order. Immutable. */
    @Immutable
    record JsonArray(List<JsonValue> elements) implements JsonValue {
        public JsonArray {
            elements = List.copyOf(elements);
        }
    }

    /** A string, unescaped. Immutable. */
    @Immutable
    record JsonText(String value) implements JsonValue {}

    /**
     * A number kept as its sender wrote it, since signatures cover the literal. Immutable.
     *
     * <p>Anything outside the number grammar of RFC 8259 is an {@link IllegalArgumentException}.
     */
    @Immutable
    record JsonNumber(String literal) implements JsonValue {

        private static final Pattern GRAMMAR =
                Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");

        public JsonNumber {
            if (!isNatural(literal) && !GRAMMAR.matcher(literal).matches()) {
                throw new IllegalArgumentException("not a JSON number: " + literal);
            }
        }

        /** Digits without a leading zero, as in nearly every number: no need for the grammar. */
        private static boolean isNatural(String literal) {
            if (literal.isEmpty() || literal.charAt(0) == '0') {
                return false;
            }
            for (int i = 0; i < literal.length(); i++) {
                if (literal.charAt(i) < '0' || literal.charAt(i) > '9') {
                    return false;
                }
            }
            return true;
        }

        public static JsonNumber of(long value) {
            return new JsonNumber(Long.toString(value));
        }
    }

    /** The three literals. */
    enum JsonLiteral implements JsonValue {
        TRUE("true"),
        FALSE("false"),
        NULL("null");

        private final String json;

        JsonLiteral(String json) {
            this.json = json;
        }

        /** As it stands in a text. */
        String json() {
            return json;
        }
    }
}
