package io.socp.relay.client.conformance;

import io.socp.relay.ownership.Immutable;

/**
 * One requirement of the standard, and how a server is tried for it. Immutable.
 *
 * @param id stays the same from version to version; scripts may rely on it
 * @param section of the standard, for example {@code §9.2}
 * @param requirement one sentence
 */
@Immutable
public record Clause(String id, String section, String requirement, Pace pace, Trial trial) {

    /** When a clause has its turn. */
    enum Pace {
        /** One after the other. */
        PROMPT,
        /** Takes most of a minute: beside all others, on links of its own. */
        SLOW,
        /** After all others, since it looks at everything the server has sent. */
        LAST
    }

    static Clause of(String id, String section, String requirement, Trial trial) {
        return new Clause(id, section, requirement, Pace.PROMPT, trial);
    }

    static Clause slow(String id, String section, String requirement, Trial trial) {
        return new Clause(id, section, requirement, Pace.SLOW, trial);
    }

    static Clause last(String id, String section, String requirement, Trial trial) {
        return new Clause(id, section, requirement, Pace.LAST, trial);
    }
}
