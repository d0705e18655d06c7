package io.socp.relay.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.socp.relay.limit.LimitOptions.Connections;
import io.socp.relay.ownership.ThreadSafe;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of all addresses: of those that are connected, and of some that were. Thread-safe:
 * each entry is changed atomically.
 *
 * <p>Accounts in use are as many as there are connections at most, and stay. Of the others {@link
 * #RESTING_MAX} are kept; of more, those that came least are forgotten first.
 */
@ThreadSafe
public final class AddressAccounts {

    /** Accounts of addresses that are not connected. */
    public static final int RESTING_MAX = 16_384;

    private final Cache<AddressKey, AddressAccount> accounts;

    public AddressAccounts() {
        this(RESTING_MAX);
    }

    AddressAccounts(int restingMax) {
        // What weighs nothing is never thrown out.
        this.accounts =
                Caffeine.newBuilder()
                        .maximumWeight(restingMax)
                        .<AddressKey, AddressAccount>weigher(
                                (_, account) -> account.connections() == 0 ? 1 : 0)
                        .executor(Runnable::run)
                        .build();
    }

    /** What became of a connection at the door. */
    public sealed interface Entry {

        /** It is in, and has to be let out again. */
        record In(AddressAccount account) implements Entry {}

        /** It is not. */
        record Out(Refusal why) implements Entry {}
    }

    /** A connection from there. */
    public Entry enter(InetAddress address, Connections limits, long nowNs) {
        Entering entering = new Entering(limits, nowNs);
        AddressAccount account =
                accounts.asMap().compute(AddressKey.of(address), entering::compute);
        Refusal refusal = entering.refusal;
        return refusal == null ? new Entry.In(account) : new Entry.Out(refusal);
    }

    /**
     * A connection that was in is gone. Its account stays: what it has sent may still be under way,
     * and counts.
     */
    public void leave(AddressAccount account) {
        accounts.asMap()
                .computeIfPresent(
                        account.address(),
                        (_, same) -> {
                            same.onConnections(-1);
                            return same;
                        });
    }

    /** Accounts kept. */
    public long size() {
        accounts.cleanUp();
        return accounts.estimatedSize();
    }

    /** One try; the map calls it while the entry is locked. */
    private static final class Entering {

        private final Connections limits;
        private final long nowNs;
        private @Nullable Refusal refusal;

        Entering(Connections limits, long nowNs) {
            this.limits = limits;
            this.nowNs = nowNs;
        }

        AddressAccount compute(AddressKey key, @Nullable AddressAccount known) {
            AddressAccount account = known == null ? new AddressAccount(key, nowNs) : known;
            if (account.connections() >= limits.perAddressMax()) {
                refusal = Refusal.ADDRESS_FULL;
            } else if (!account.tryAccept(limits.acceptsPerAddress(), nowNs)) {
                refusal = Refusal.ADDRESS_RATE;
            } else {
                account.onConnections(1);
            }
            return account;
        }
    }
}
