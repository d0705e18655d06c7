package io.socp.relay.client.conformance;

import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run found, clause by clause, in the order of the standard. Immutable. */
@Immutable
public record Report(URI url, List<Result> results, long ms) {

    public Report {
        results = List.copyOf(results);
    }

    public long passed() {
        return results.stream().filter(r -> r.verdict() instanceof Verdict.Pass).count();
    }

    public long failed() {
        return results.stream().filter(r -> r.verdict() instanceof Verdict.Fail).count();
    }

    public long notOffered() {
        return results.stream().filter(r -> r.verdict() instanceof Verdict.NotOffered).count();
    }

    /** A table for people, grouped as the standard is; what failed says why. */
    public String table() {
        Map<Clause, Result> byClause =
                results.stream().collect(Collectors.toMap(Result::clause, Function.identity()));
        try (Formatter out = new Formatter(Locale.ROOT)) {
            out.format("SOCP v1.3 conformance of %s%n", url);
            for (Group group : Standard.GROUPS) {
                List<Result> rows =
                        group.clauses().stream()
                                .filter(byClause::containsKey)
                                .map(byClause::get)
                                .toList();
                if (!rows.isEmpty()) {
                    out.format("%n%s%n", group.title());
                    rows.forEach(row -> write(row, out));
                }
            }
            out.format(
                    "%n%d clauses: %d passed, %d failed, %d not offered, in %.1f s",
                    results.size(), passed(), failed(), notOffered(), ms / 1000.0);
            return out.toString();
        }
    }

    private static void write(Result row, Formatter out) {
        Clause clause = row.clause();
        out.format(
                "  %-11s  %-28s %-6s %s (%d ms)%n",
                row.verdict().word(),
                clause.id(),
                clause.section(),
                clause.requirement(),
                row.ms());
        switch (row.verdict()) {
            case Verdict.Pass _ -> {}
            case Verdict.NotOffered(String why) -> out.format("%15s%s%n", "", why);
            case Verdict.Fail(String sent, String expected, String came) -> {
                out.format("%15ssent:     %s%n", "", sent);
                out.format("%15sexpected: %s%n", "", expected);
                out.format("%15scame:     %s%n", "", came);
            }
        }
    }

    /** One object for programs. */
    public String json() {
        ObjectNode json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("url", url.toString())
                        .put("passed", passed())
                        .put("failed", failed())
                        .put("not_offered", notOffered());
        ArrayNode clauses = json.putArray("clauses");
        for (Result result : results) {
            clauses.addObject()
                    .put("id", result.clause().id())
                    .put("section", result.clause().section())
                    .put("requirement", result.clause().requirement())
                    .put("verdict", result.verdict().word())
                    .put("detail", result.verdict().detail())
                    .put("ms", result.ms());
        }
        return json.toString();
    }
}
