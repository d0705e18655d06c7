package io.socp.relay.client.conformance;

import io.socp.relay.ownership.Immutable;
import java.util.List;

/** Clauses that belong together, as a heading of the report. Immutable. */
@Immutable
public record Group(String title, List<Clause> clauses) {

    public Group {
        clauses = List.copyOf(clauses);
    }
}
