package io.socp.relay.daemon.deliver;

import io.socp.relay.limit.AddressAccount;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Pressure;
import io.socp.relay.ownership.ThreadSafe;
import java.util.function.Consumer;

/**
 * What bounds the frames of all links. Thread-safe.
 *
 * @param limits that hold now
 * @param shedding for want of memory
 * @param forger is told of an address from which too many signatures have failed; on a link's loop,
 *     and perhaps again for what was under way
 */
@ThreadSafe
public record IntakeBounds(Limits limits, Shedding shedding, Consumer<AddressAccount> forger) {

    public IntakeBounds(Limits limits, Pressure pressure, Consumer<AddressAccount> forger) {
        this(limits, new Shedding(pressure), forger);
    }
}
