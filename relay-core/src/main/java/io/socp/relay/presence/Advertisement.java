package io.socp.relay.presence;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.OutboundFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The USER_ADVERTISE of one user, as its home server signed it or, where it came in a batch, in our
 * name; and in other containers of the key for readers who need one. Thread-safe; each form is made
 * once, when someone first needs it.
 */
@ThreadSafe
public final class Advertisement {

    private final UserAdvertise statement;
    private final OutboundFrame original;
    private final Remake remake;

    /** Null until a reader needs another form: most users are known in one alone. */
    private volatile @Nullable Map<Form, OutboundFrame> remade;

    /** Makes the same statement in our name. */
    @FunctionalInterface
    public interface Remake {

        /** With the key in this container, and with a username where wanted. */
        OutboundFrame in(UserAdvertise statement, KeyContainer keys, boolean named);
    }

    private record Form(KeyContainer keys, boolean named) {}

    /**
     * An advertisement in its first form.
     *
     * @param statement what {@code original} says
     * @param remake makes the same statement in another form
     */
    public Advertisement(UserAdvertise statement, OutboundFrame original, Remake remake) {
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
        return in(keys, false);
    }

    /** With the key in this container, and with a username for readers who need one. */
    public OutboundFrame in(KeyContainer keys, boolean named) {
        RsaPublicKey key = statement.key();
        return !named && (key == null || key.container() == keys)
                ? original
                : remade().computeIfAbsent(
                                new Form(keys, named),
                                form -> remake.in(statement, form.keys(), form.named()));
    }

    private Map<Form, OutboundFrame> remade() {
        Map<Form, OutboundFrame> known = remade;
        return known == null ? makeRemade() : known;
    }

    private synchronized Map<Form, OutboundFrame> makeRemade() {
        Map<Form, OutboundFrame> known = remade;
        if (known == null) {
            known = new ConcurrentHashMap<>();
            remade = known;
        }
        return known;
    }
}
