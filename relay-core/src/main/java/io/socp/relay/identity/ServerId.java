package io.socp.relay.identity;

import io.socp.relay.ownership.Immutable;
import java.util.UUID;
import java.util.random.RandomGenerator;

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

    /** A fresh id, of UUID version 4 (RFC 9562 §5.4). */
    public static ServerId random(RandomGenerator random) {
        long most = (random.nextLong() & ~0xF000L) | 0x4000L;
        long least = (random.nextLong() & ~(3L << 62)) | (1L << 63);
        return new ServerId(new UUID(most, least).toString());
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
