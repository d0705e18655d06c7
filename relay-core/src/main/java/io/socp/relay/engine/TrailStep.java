package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.ownership.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a relay has done with a message. Immutable.
 *
 * @param atMs Unix ms by this relay's clock
 * @param type the form in which it came; null for what happened later
 * @param from whose link it came on
 * @param to who gets it next
 */
@Immutable
public record TrailStep(long atMs, @Nullable MessageType type, End from, Fate fate, End to) {

    /** What became of it here. */
    public enum Fate {
        /** Taken, and given to whom it goes next. */
        ACCEPTED,
        /** It had come before. */
        DUPLICATE,
        /** Not acceptable on its link, or at this time. */
        REFUSED,
        /** Its signature does not hold. */
        UNVERIFIED,
        /** Nobody to give it to. */
        UNDELIVERABLE,
        /** Waits for one who is away for a moment. */
        WAITING,
        /** Was accepted, and could not be brought after all. */
        GIVEN_UP,
        /** Anything else. */
        DROPPED
    }

    /** An end of a hop. */
    public sealed interface End {

        /** A user of this relay. */
        record User(UserId user) implements End {}

        /** Another server. */
        record Server(ServerId server) implements End {}

        /** So many servers, and all users of this relay. */
        record Everyone(int servers) implements End {}

        /** Nobody, or nobody known any more. */
        record Nobody() implements End {}
    }
}
