package io.socp.relay.message;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object, and remembers the path for what is wrong. Lives for one
 * parse on one thread.
 *
 * <p>A wrong field ends the parse with {@link Unreadable}, which {@link MessageParser} turns into a
 * value: it never leaves this package.
 */
final class FieldReader {

    /** Control flow inside this package: the first field that cannot be read. Stackless. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Parsing.Malformed malformed;

        Unreadable(Parsing.Malformed malformed) {
            super(malformed.detail(), null, false, false);
            this.malformed = malformed;
        }

        Parsing.Malformed malformed() {
            return malformed;
        }
    }

    private final JsonObject object;
    private final String path;
    private final IdRule idRule;

    FieldReader(JsonObject object, String path, IdRule idRule) {
        this.object = object;
        this.path = path;
        this.idRule = idRule;
    }

    String text(String field) throws Unreadable {
        if (object.get(field) instanceof JsonText(String value)) {
            return value;
        }
        throw bad(field, "a string");
    }

    /** The string, or empty when the field is missing or null; any other kind is an error. */
    String optionalText(String field) throws Unreadable {
        String value = nullableText(field);
        return value == null ? "" : value;
    }

    @Nullable String nullableText(String field) throws Unreadable {
        JsonValue value = object.get(field);
        if (value == null || value == JsonLiteral.NULL) {
            return null;
        }
        return text(field);
    }

    long integer(String field) throws Unreadable {
        if (object.get(field) instanceof JsonNumber(String literal)) {
            try {
                return Long.parseLong(literal);
            } catch (NumberFormatException notAnInteger) {
                throw bad(field, "an integer");
            }
        }
        throw bad(field, "an integer");
    }

    long nonNegative(String field) throws Unreadable {
        long value = integer(field);
        if (value < 0) {
            throw bad(field, "an integer of at least 0");
        }
        return value;
    }

    /** {@code host} and {@code port}, and how it is dialled: {@code tls} in {@code ext}. */
    HostPort address() throws Unreadable {
        String host = text("host");
        long port = integer("port");
        if (port < 1 || port > 65_535) {
            throw bad("port", "a port from 1 to 65535");
        }
        try {
            return new HostPort(host, (int) port, saysTls());
        } catch (IllegalArgumentException malformed) {
            throw bad("host", "a host name or address");
        }
    }

    private boolean saysTls() {
        return object.get("ext") instanceof JsonObject extensions
                && extensions.get("tls") == JsonLiteral.TRUE;
    }

    RsaPublicKey key(String field) throws Unreadable {
        return readKey(field, text(field));
    }

    @Nullable RsaPublicKey nullableKey(String field) throws Unreadable {
        String value = optionalText(field);
        return value.isEmpty() ? null : readKey(field, value);
    }

    UserId userId(String field) throws Unreadable {
        return new UserId(id(field));
    }

    ServerId serverId(String field) throws Unreadable {
        String value = text(field);
        if (!idRule.acceptsServer(value)) {
            throw badId(field);
        }
        return new ServerId(value);
    }

    /** The object's fields, or none when it is missing. */
    JsonObject optionalObject(String field) throws Unreadable {
        JsonValue value = object.get(field);
        if (value == null || value == JsonLiteral.NULL) {
            return JsonObject.EMPTY;
        }
        if (value instanceof JsonObject inner) {
            return inner;
        }
        throw bad(field, "an object");
    }

    /** A reader of the object's fields; of none when it is missing. */
    FieldReader object(String field) throws Unreadable {
        return new FieldReader(optionalObject(field), path + field + ".", idRule);
    }

    List<JsonValue> optionalArray(String field) throws Unreadable {
        JsonValue value = object.get(field);
        if (value == null || value == JsonLiteral.NULL) {
            return List.of();
        }
        return array(field);
    }

    List<JsonValue> array(String field) throws Unreadable {
        if (object.get(field) instanceof JsonArray(List<JsonValue> elements)) {
            return elements;
        }
        throw bad(field, "an array");
    }

    /** The elements that are objects, of an array or of the values of an object. */
    List<FieldReader> rows(String field) {
        Collection<JsonValue> elements =
                switch (object.get(field)) {
                    case JsonArray(List<JsonValue> array) -> array;
                    case JsonObject(Map<String, JsonValue> members) -> members.values();
                    case null -> List.of();
                    case JsonText _, JsonNumber _, JsonLiteral _ -> List.of();
                };
        List<FieldReader> rows = new ArrayList<>();
        for (JsonValue element : elements) {
            if (element instanceof JsonObject row) {
                rows.add(new FieldReader(row, path + field + ".", idRule));
            }
        }
        return rows;
    }

    /** Whether the field is there; null counts as missing. */
    boolean has(String field) {
        JsonValue value = object.get(field);
        return value != null && value != JsonLiteral.NULL;
    }

    /** All fields but these. */
    JsonObject others(Set<String> known) {
        if (known.containsAll(object.members().keySet())) {
            return JsonObject.EMPTY;
        }
        JsonObject.Builder rest = JsonObject.builder();
        object.members()
                .forEach((name, value) -> {
                    if (!known.contains(name)) {
                        rest.put(name, value);
                    }
                });
        return rest.build();
    }

    /** Whether both fields hold the same. */
    boolean isSame(String field, String other) {
        return Objects.equals(object.get(field), object.get(other));
    }

    /** A reader for one element of the array in {@code field}. */
    FieldReader element(String field, int index, JsonValue element) throws Unreadable {
        if (element instanceof JsonObject inner) {
            return new FieldReader(inner, path + field + "[" + index + "].", idRule);
        }
        throw bad(field + "[" + index + "]", "an object");
    }

    Unreadable bad(String field, String expected) {
        return new Unreadable(new Parsing.BadField(path + field, expected));
    }

    private String id(String field) throws Unreadable {
        String value = text(field);
        if (!idRule.accepts(value)) {
            throw badId(field);
        }
        return value;
    }

    private Unreadable badId(String field) {
        return bad(field, idRule == IdRule.UUID_V4 ? "a UUID version 4" : "an id");
    }

    private RsaPublicKey readKey(String field, String text) throws Unreadable {
        return switch (RsaPublicKey.read(text)) {
            case KeyReading.Valid(RsaPublicKey key) -> key;
            case KeyReading.Invalid(String reason) ->
                    throw new Unreadable(new Parsing.BadKey(path + field, reason));
        };
    }
}
