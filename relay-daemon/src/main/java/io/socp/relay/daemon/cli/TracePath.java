package io.socp.relay.daemon.cli;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way of one message, put together from what several relays have said. Immutable.
 *
 * <p>In order of time, by each relay's own clock; what one relay says stays in its order.
 */
@Immutable
record TracePath(List<Part> parts) {

    private static final String TO_SERVER = "to_server";

    TracePath {
        // A relay that is asked twice, by two of its names, says the same.
        Map<String, Part> byServer = new LinkedHashMap<>();
        parts.forEach(part -> byServer.putIfAbsent(part.server(), part));
        parts = List.copyOf(byServer.values());
    }

    /**
     * One relay's part.
     *
     * @param sinceMs from when on it knows all, Unix ms
     * @param steps as the relay has written them
     */
    record Part(String server, long sinceMs, List<JsonNode> steps) {

        Part {
            steps = List.copyOf(steps);
        }

        /** As the management port says it. */
        static Part of(JsonNode document) throws IOException {
            if (!document.path("server_id").isString() || !document.path("steps").isArray()) {
                throw new IOException("the relay answers with something else than a trace");
            }
            return new Part(
                    document.path("server_id").asString(),
                    document.path("since_ms").asLong(0),
                    document.path("steps").valueStream().toList());
        }
    }

    private record Step(String server, JsonNode row) {

        long atMs() {
            return row.path("at_ms").asLong(0);
        }
    }

    /** Whether anyone knows anything of it. */
    boolean isKnown() {
        return parts.stream().anyMatch(part -> !part.steps().isEmpty());
    }

    /** For people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        steps().forEach(step -> lines.add(line(step)));
        for (Part part : parts) {
            if (part.steps().isEmpty()) {
                lines.add(
                        "server %s has not had it since %s"
                                .formatted(part.server(), Instant.ofEpochMilli(part.sinceMs())));
            }
        }
        notAsked()
                .forEach(server ->
                        lines.add(
                                "it went on to server %s, which was not asked: add --management"
                                                .formatted(server)
                                        + " with its port"));
        return lines;
    }

    /** For scripts. */
    String json() {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        ArrayNode rows = document.putArray("steps");
        steps().forEach(step -> {
            ObjectNode row = rows.addObject().put("server_id", step.server());
            step.row().properties().forEach(field -> row.set(field.getKey(), field.getValue()));
        });
        ArrayNode next = document.putArray("not_asked");
        notAsked().forEach(next::add);
        return document.toString();
    }

    private List<Step> steps() {
        return parts.stream()
                .flatMap(part -> part.steps().stream().map(row -> new Step(part.server(), row)))
                .sorted(Comparator.comparingLong(Step::atMs))
                .toList();
    }

    /** Where it went on to, as far as that is not known from there. */
    private List<String> notAsked() {
        return steps().stream()
                .map(step -> step.row().path(TO_SERVER).asString(""))
                .filter(server -> !server.isEmpty())
                .filter(server -> parts.stream().noneMatch(part -> part.server().equals(server)))
                .distinct()
                .toList();
    }

    private static String line(Step step) {
        JsonNode row = step.row();
        String form =
                Stream.of(text(row, "type"), from(row))
                        .flatMap(Optional::stream)
                        .collect(Collectors.joining(" from "));
        return "%tFT%<tT.%<tLZ  server %s  %s%s%s"
                .formatted(
                        Instant.ofEpochMilli(step.atMs()).atZone(ZoneOffset.UTC),
                        step.server(),
                        form.isEmpty() ? "" : form + ": ",
                        text(row, "fate").orElse("").replace('_', ' '),
                        to(row).map(end -> ", to " + end).orElse(""));
    }

    private static Optional<String> from(JsonNode row) {
        return end(row, "from_user", "user ").or(() -> end(row, "from_server", "server "));
    }

    private static Optional<String> to(JsonNode row) {
        JsonNode servers = row.path("to_all_and_servers");
        return servers.isNumber()
                ? Optional.of(
                        String.format(
                                Locale.ROOT, "all users there and %d servers", servers.asInt(0)))
                : end(row, "to_user", "user ").or(() -> end(row, TO_SERVER, "server "));
    }

    private static Optional<String> end(JsonNode row, String field, String kind) {
        return text(row, field).map(id -> kind + id);
    }

    private static Optional<String> text(JsonNode row, String field) {
        return row.path(field).isString()
                ? Optional.of(row.path(field).asString())
                : Optional.empty();
    }
}
