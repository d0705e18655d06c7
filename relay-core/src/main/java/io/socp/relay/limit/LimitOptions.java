package io.socp.relay.limit;

import io.socp.relay.ownership.Immutable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What others may ask of a relay before it says no. Immutable; a running relay reads it through
 * {@link Limits}, so that it can be replaced as a whole.
 *
 * @param connections who gets in
 * @param frames how much one may send
 * @param misuse what ends in a ban
 * @param exempt networks that no limit by address holds for
 * @param proxies who may speak for other addresses
 * @param memoryPercentMax how much of the memory may be in use before messages are shed; 100 for
 *     any
 */
@Immutable
public record LimitOptions(
        Connections connections,
        Frames frames,
        Misuse misuse,
        List<Network> exempt,
        Proxies proxies,
        int memoryPercentMax) {

    public LimitOptions {
        exempt = List.copyOf(exempt);
    }

    /**
     * Who gets in.
     *
     * @param max at once, users and servers together
     * @param perAddressMax at once from one address
     * @param accepts new ones, from all addresses that are not exempt
     * @param acceptsPerAddress new ones from one address
     * @param operatorsMax at once on the management port
     */
    @Immutable
    public record Connections(
            int max, int perAddressMax, Rate accepts, Rate acceptsPerAddress, int operatorsMax) {}

    /**
     * How much one may send.
     *
     * @param messages of a user: direct, public, pieces of files
     * @param requests of a user: all else
     * @param address all frames of one address
     * @param peer all frames of one peer's link, which is read more slowly beyond it
     */
    @Immutable
    public record Frames(Rate messages, Rate requests, Rate address, Rate peer) {}

    /**
     * What ends in a ban.
     *
     * @param failures frames of one address whose signature does not hold
     * @param banFor how long the address is shut out then
     */
    @Immutable
    public record Misuse(Rate failures, Duration banFor) {}

    /**
     * Who may speak for other addresses.
     *
     * @param networks where such proxies are; empty for none
     * @param header how they say for whom they speak
     */
    @Immutable
    public record Proxies(List<Network> networks, Header header) {

        public Proxies {
            networks = List.copyOf(networks);
        }

        /**
         * How a proxy says for whom it speaks. Another way is not looked at: it could be forged.
         */
        public enum Header {
            /** {@code X-Forwarded-For} on the upgrade. */
            FORWARDED_FOR,
            /** The PROXY protocol, version 1 or 2, as the first bytes. */
            PROXY_PROTOCOL;

            /** As it is configured. */
            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT).replace('_', '-');
            }
        }
    }

    /** What runs when nothing is configured. */
    public static LimitOptions standard() {
        return new LimitOptions(
                new Connections(
                        10_000, 1_000, Rate.perSecond(2_000, 5), Rate.perSecond(200, 5), 64),
                new Frames(
                        Rate.perSecond(30_000, 2),
                        Rate.perSecond(200, 5),
                        Rate.perSecond(60_000, 2),
                        Rate.perSecond(50_000, 2)),
                new Misuse(Rate.perMinute(300), Duration.ofMinutes(10)),
                Network.parseAll("127.0.0.0/8,::1"),
                new Proxies(List.of(), Proxies.Header.FORWARDED_FOR),
                75);
    }

    /** These limits with so many connections at once. */
    public LimitOptions within(int connectionsMax) {
        return with(
                new Connections(
                        connectionsMax,
                        connections.perAddressMax,
                        connections.accepts,
                        connections.acceptsPerAddress,
                        connections.operatorsMax));
    }

    /** These limits with others on connections. */
    public LimitOptions with(Connections changed) {
        return new LimitOptions(changed, frames, misuse, exempt, proxies, memoryPercentMax);
    }

    /** These limits with others on frames. */
    public LimitOptions with(Frames changed) {
        return new LimitOptions(connections, changed, misuse, exempt, proxies, memoryPercentMax);
    }

    /** These limits with another patience. */
    public LimitOptions with(Misuse changed) {
        return new LimitOptions(connections, frames, changed, exempt, proxies, memoryPercentMax);
    }

    /** These limits with these networks exempt from those by address. */
    public LimitOptions exempting(List<Network> networks) {
        return new LimitOptions(connections, frames, misuse, networks, proxies, memoryPercentMax);
    }

    /** These limits behind these proxies. */
    public LimitOptions behind(Proxies changed) {
        return new LimitOptions(connections, frames, misuse, exempt, changed, memoryPercentMax);
    }

    /** These limits with so much of the memory. */
    public LimitOptions usingMemoryTo(int percent) {
        return new LimitOptions(connections, frames, misuse, exempt, proxies, percent);
    }
}
