package io.socp.relay.identity;

import io.socp.relay.ownership.Immutable;

/**
 * Number of one connection within this process; never used again after the link is gone. Immutable.
 */
@Immutable
public record LinkId(long value) implements Comparable<LinkId> {

    @Override
    public int compareTo(LinkId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "link-" + value;
    }
}
