package io.socp.relay.engine;

import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a welcome between our own relays says in {@code ext} of the servers in its rows: see {@code
 * docs/protocol.md}. Immutable.
 *
 * @param far how the teller reaches servers that are not linked with it; all others are
 * @param lost servers that the teller does not reach any more
 * @param isAll whether all that the teller reaches has now been named
 */
@Immutable
record RouteWords(Map<ServerId, Distance> far, List<ServerId> lost, boolean isAll) {

    /** Said by those who know nothing of it, too. */
    static final RouteWords NONE = new RouteWords(Map.of(), List.of(), false);

    /** From the teller: so many links, the first to {@code via}. */
    record Distance(int hops, ServerId via) {}

    RouteWords {
        far = Map.copyOf(far);
        lost = List.copyOf(lost);
    }

    /** What the extensions say; what cannot be read is passed over. */
    static RouteWords in(@Nullable JsonObject extensions) {
        if (extensions == null) {
            return NONE;
        }
        Map<ServerId, Distance> far = new LinkedHashMap<>();
        for (JsonValue row : elements(extensions, "far")) {
            if (row instanceof JsonObject object) {
                Optional<ServerId> server = server(object.get("server_id"));
                Optional<ServerId> via = server(object.get("via"));
                int hops = hops(object.get("hops"));
                if (server.isPresent() && via.isPresent() && hops > 1) {
                    far.put(server.get(), new Distance(hops, via.get()));
                }
            }
        }
        List<ServerId> lost = new ArrayList<>();
        elements(extensions, "lost").forEach(id -> server(id).ifPresent(lost::add));
        return new RouteWords(far, lost, extensions.get("all") == JsonLiteral.TRUE);
    }

    /** The same beside our other extensions. */
    JsonObject beside(JsonObject extensions) {
        JsonObject.Builder fields = JsonObject.builder().putAll(extensions);
        if (!far.isEmpty()) {
            fields.put(
                    "far",
                    new JsonArray(
                            far.entrySet().stream()
                                    .<JsonValue>map(e -> row(e.getKey(), e.getValue()))
                                    .toList()));
        }
        if (!lost.isEmpty()) {
            fields.put(
                    "lost",
                    new JsonArray(
                            lost.stream().<JsonValue>map(s -> new JsonText(s.value())).toList()));
        }
        if (isAll) {
            fields.put("all", true);
        }
        return fields.build();
    }

    private static JsonObject row(ServerId server, Distance distance) {
        return JsonObject.builder()
                .put("server_id", server.value())
                .put("hops", distance.hops())
                .put("via", distance.via().value())
                .build();
    }

    private static List<JsonValue> elements(JsonObject object, String name) {
        return object.get(name) instanceof JsonArray(List<JsonValue> elements)
                ? elements
                : List.of();
    }

    private static Optional<ServerId> server(@Nullable JsonValue value) {
        return value instanceof JsonText(String id) && IdRule.LENIENT.accepts(id)
                ? Optional.of(new ServerId(id))
                : Optional.empty();
    }

    /** Zero where it is no count of links. */
    private static int hops(@Nullable JsonValue value) {
        return value instanceof JsonNumber(String literal) && literal.matches("[0-9]{1,3}")
                ? Integer.parseInt(literal)
                : 0;
    }
}
