package io.socp.relay.presence;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.OutboundFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * The USER_ADVERTISE of one user, as its home server signed it or, where it came in a batch, in our
 * name; and in other containers of the key for readers who need one. Thread-safe; each form is made
 * once, when someone first needs it.
 */
@ThreadSafe
public final class Advertisement {

    private final UserAdvertise statement;
    private final OutboundFrame original;
    private final BiFunction<UserAdvertise, KeyContainer, OutboundFrame> remake;
    private final Map<KeyContainer, OutboundFrame> remade = new ConcurrentHashMap<>();

    /**
     * An advertisement in its first form.
     *
     * @param statement what {@code original} says
     * @param remake makes the same statement in our name, with the key in another container
     */
    public Advertisement(
            UserAdvertise statement,
            OutboundFrame original,
            BiFunction<UserAdvertise, KeyContainer, OutboundFrame> remake) {
        this.statement = statement;
        this.original = original;
        this.remake = remake;
    }

    /** What it says, with the key as its owner wrote it. */
    public UserAdvertise statement() {
        return statement;
    }

    /** The first form. */
    public OutboundFrame original() {
        return original;
    }

    /** With the key in this container. */
    public OutboundFrame in(KeyContainer keys) {
        RsaPublicKey key = statement.key();
        return key == null || key.container() == keys
                ? original
                : remade.computeIfAbsent(keys, other -> remake.apply(statement, other));
    }
}
