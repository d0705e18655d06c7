package io.socp.relay.identity;

import io.socp.relay.ownership.Immutable;

/**
 * Network-wide name of a user, case-sensitive (SOCP §2). Immutable.
 *
 * <p>Within the bounds of {@link IdRule#LENIENT}, else {@link IllegalArgumentException}. Ordered by
 * value.
 */
@Immutable
public record UserId(String value) implements Comparable<UserId> {

    public UserId {
        Identifiers.check(value, "user id");
    }

    @Override
    public int compareTo(UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
