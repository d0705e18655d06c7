package io.socp.relay.identity;

import io.socp.relay.ownership.Immutable;

/**
 * Network-wide name of a server, case-sensitive (SOCP §2). Immutable.
 *
 * <p>Within the bounds of {@link IdRule#LENIENT}, else {@link IllegalArgumentException}. Ordered by
 * value.
 */
@Immutable
public record ServerId(String value) implements Comparable<ServerId> {

    public ServerId {
        Identifiers.check(value, "server id");
    }

    @Override
    public int compareTo(ServerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
