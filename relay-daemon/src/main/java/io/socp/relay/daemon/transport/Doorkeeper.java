package io.socp.relay.daemon.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.socp.relay.daemon.link.Arrival;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.limit.AddressAccounts;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.LimitOptions.Connections;
import io.socp.relay.limit.LimitOptions.Proxies;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Network;
import io.socp.relay.limit.Rate;
import io.socp.relay.limit.Refusal;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides who gets in at one port, before TLS or anything else that costs. Thread-safe: a count, a
 * bucket, and an account for each address; none of them is touched again while a connection lives.
 *
 * <p>Who comes by a trusted proxy is judged twice: its socket for the count of all, and the address
 * that the proxy names, once it has, for the rest.
 */
@ThreadSafe
public final class Doorkeeper {

    private static final byte[] NO =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final Limits limits;
    private final AddressAccounts accounts;
    private final Predicate<InetAddress> isShutOut;
    private final Ticker ticker;
    private final AtomicInteger connections = new AtomicInteger();

    /** When all of the rate for everyone would be there again; see {@link Rate}. */
    private final AtomicLong acceptsFullNs;

    private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);

    /**
     * A doorkeeper with nobody inside.
     *
     * @param isShutOut asked with each one's network address
     */
    public Doorkeeper(
            Limits limits,
            AddressAccounts accounts,
            Predicate<InetAddress> isShutOut,
            Ticker ticker) {
        this.limits = limits;
        this.accounts = accounts;
        this.isShutOut = isShutOut;
        this.ticker = ticker;
        this.acceptsFullNs = new AtomicLong(ticker.now().ns());
        for (Refusal why : Refusal.values()) {
            refused.put(why, new LongAdder());
        }
    }

    /** Connections turned away since the start. */
    public long refused(Refusal why) {
        LongAdder count = refused.get(why);
        return count == null ? 0 : count.sum();
    }

    /** Who may speak for others. */
    Proxies proxies() {
        return limits.now().proxies();
    }

    /** Whether the address is one of a proxy that may speak for others. */
    boolean trusts(InetAddress address) {
        return Network.anyHas(proxies().networks(), address);
    }

    /** A socket is open; whether there is room for one more. It must be let out in either case. */
    boolean letIn() {
        return connections.incrementAndGet() <= limits.now().connections().max();
    }

    /** A socket is closed. */
    void letOut() {
        connections.decrementAndGet();
    }

    /**
     * The link's other end is there, and no proxy. Gives back by itself what it takes, when the
     * channel closes; on the channel's loop.
     *
     * @return why it may not stay; null where it may
     */
    @Nullable Refusal admit(Channel channel, Link link, InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        if (isShutOut.test(address)) {
            return Refusal.BANNED;
        }
        LimitOptions now = limits.now();
        if (Network.anyHas(now.exempt(), address) || trusts(address)) {
            link.arrived(new Arrival(remote, null));
            return null;
        }
        return switch (accounts.enter(address, now.connections(), ticker.now().ns())) {
            case AddressAccounts.Entry.Out(Refusal why) -> why;
            case AddressAccounts.Entry.In(var account) -> {
                channel.closeFuture().addListener(_ -> accounts.leave(account));
                link.arrived(new Arrival(remote, account));
                yield isInTime(now.connections()) ? null : Refusal.RATE;
            }
        };
    }

    /** One was turned away. */
    void onRefused(Refusal why) {
        LongAdder count = refused.get(why);
        if (count != null) {
            count.increment();
        }
    }

    /** Says no, counted, and closes. */
    void turnAway(Channel channel, Refusal why) {
        onRefused(why);
        // What comes until the close is through costs nothing.
        channel.config().setAutoRead(false);
        if (why == Refusal.PROXY_HEADER) {
            // Whoever speaks so would not understand an answer.
            var _ = channel.close();
        } else {
            // Before all that might read it as the start of something else.
            channel.pipeline()
                    .firstContext()
                    .writeAndFlush(Unpooled.wrappedBuffer(NO))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private boolean isInTime(Connections now) {
        long nowNs = ticker.now().ns();
        while (true) {
            long fullNs = acceptsFullNs.get();
            long nextNs = now.accepts().take(fullNs, 1, nowNs);
            if (nextNs == Rate.NOT_ENOUGH) {
                return false;
            }
            if (acceptsFullNs.compareAndSet(fullNs, nextNs)) {
                return true;
            }
        }
    }
}
