package io.socp.relay.presence;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.OutboundFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The USER_ADVERTISE of one user, as its home server signed it, and in other containers of the key
 * for readers who need one. Thread-safe; each form is made once, when someone first needs it.
 */
@ThreadSafe
public final class Advertisement {

    private final OutboundFrame original;
    private final KeyContainer originalKeys;
    private final Function<KeyContainer, OutboundFrame> remake;
    private final Map<KeyContainer, OutboundFrame> remade = new ConcurrentHashMap<>();

    /**
     * An advertisement in its first form.
     *
     * @param originalKeys the container of the key in it
     * @param remake makes the same statement in our name, with the key in another container
     */
    public Advertisement(
            OutboundFrame original,
            KeyContainer originalKeys,
            Function<KeyContainer, OutboundFrame> remake) {
        this.original = original;
        this.originalKeys = originalKeys;
        this.remake = remake;
    }

    /** As the home server signed it. */
    public OutboundFrame original() {
        return original;
    }

    /** With the key in this container. */
    public OutboundFrame in(KeyContainer keys) {
        return keys == originalKeys ? original : remade.computeIfAbsent(keys, remake);
    }
}
