package io.socp.relay.daemon.ops;

import io.socp.relay.limit.AddressAccount;
import io.socp.relay.limit.AddressKey;
import io.socp.relay.limit.Bans;
import io.socp.relay.limit.Bans.Kind;
import io.socp.relay.limit.Bans.Subject;
import io.socp.relay.limit.Limits;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bans of addresses: asks for those that hold, and orders one, for a time, where too many
 * signatures have failed. Thread-safe. Nobody waits for what it orders: the file it ends in is
 * written off the loops, once for all that came while it was written.
 */
@ThreadSafe
public final class AddressBans implements Consumer<AddressAccount> {

    /** Bans at once up to which it orders more: the rest is for operators. */
    static final int BANS_MAX = Bans.BANS_MAX / 2;

    private static final Logger LOG = LoggerFactory.getLogger("io.socp.relay.operator");

    private final Operations operations;
    private final Bans bans;
    private final Limits limits;
    private final Ticker ticker;
    private final Executor offLoop;
    private final LongAdder ordered = new LongAdder();
    private boolean isKeepingDue;

    /**
     * Orders nothing yet.
     *
     * @param offLoop runs what may block
     */
    public AddressBans(
            Operations operations, Bans bans, Limits limits, Ticker ticker, Executor offLoop) {
        this.operations = operations;
        this.bans = bans;
        this.limits = limits;
        this.ticker = ticker;
        this.offLoop = offLoop;
    }

    /** Whether the address, or what counts as one with it, is shut out now. */
    public boolean isShutOut(InetAddress address) {
        if (bans.size() == 0) {
            return false;
        }
        long nowMs = ticker.now().epochMs();
        return bans.find(Kind.ADDRESS, address.getHostAddress(), nowMs) != null
                || (address instanceof Inet6Address && find(AddressKey.of(address), nowMs));
    }

    /** Bans ordered since the start. */
    public long ordered() {
        return ordered.sum();
    }

    /** Too many signatures from there have failed. */
    @Override
    public void accept(AddressAccount account) {
        AddressKey address = account.address();
        if (!find(address, ticker.now().epochMs())) {
            offLoop.execute(() -> order(address));
        }
    }

    private synchronized void order(AddressKey address) {
        // What was under way when the ban was ordered says so again.
        if (find(address, ticker.now().epochMs())) {
            return;
        }
        try {
            if (bans.isAtLeast(BANS_MAX, ticker.now().epochMs())) {
                throw new IOException("there are " + BANS_MAX + " bans already");
            }
            operations.shutOut(
                    new Subject(Kind.ADDRESS, address.toString()),
                    limits.now().misuse().banFor(),
                    "too many wrong signatures",
                    "the relay");
            ordered.increment();
        } catch (IOException noRoom) {
            LOG.warn("{} is not banned: {}", address, noRoom.getMessage());
            return;
        }
        if (!isKeepingDue) {
            isKeepingDue = true;
            offLoop.execute(this::keep);
        }
    }

    private void keep() {
        synchronized (this) {
            isKeepingDue = false;
        }
        try {
            operations.keepBans();
        } catch (IOException failed) {
            LOG.warn("bans are not kept over a restart: {}", failed.getMessage());
        }
    }

    private boolean find(AddressKey address, long nowMs) {
        return bans.find(Kind.ADDRESS, address.toString(), nowMs) != null;
    }
}
