package io.socp.relay.daemon.transport;

import io.socp.relay.limit.Network;
import io.socp.relay.ownership.ThreadSafe;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The addresses of {@code X-Forwarded-For}: each proxy writes behind the others from whom it has
 * the request, so the last ones are the ones to believe. Thread-safe: no state.
 */
@ThreadSafe
final class ForwardedFor {

    /** Addresses in all such headers of one request. */
    static final int ADDRESSES_MAX = 32;

    private ForwardedFor() {}

    /**
     * The last address that is no proxy of ours, or else the first of all.
     *
     * @param headers the values of the headers in their order; not empty
     * @param isTrusted whether who is at an address may speak for others
     * @throws IllegalArgumentException if what is to be believed is no address
     */
    static InetAddress client(List<String> headers, Predicate<InetAddress> isTrusted) {
        List<String> all =
                headers.stream()
                        .flatMap(header -> Stream.of(header.split(",", -1)))
                        .map(String::strip)
                        .toList();
        if (all.size() > ADDRESSES_MAX) {
            throw new IllegalArgumentException("more than " + ADDRESSES_MAX + " addresses");
        }
        for (String text : all.reversed()) {
            InetAddress address = Network.address(host(text));
            if (!isTrusted.test(address)) {
                return address;
            }
        }
        return Network.address(host(all.getFirst()));
    }

    /** Some proxies add the port. */
    private static String host(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? text : text.substring(1, end);
        }
        int colon = text.indexOf(':');
        boolean isIpv4WithPort = colon > 0 && colon == text.lastIndexOf(':');
        return isIpv4WithPort ? text.substring(0, colon) : text;
    }
}
