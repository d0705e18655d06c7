package io.socp.relay.client;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import org.jspecify.annotations.Nullable;

/** Something that happened to a client, told to its listener. All are immutable. */
public sealed interface ClientEvent {

    /**
     * The server has taken the hello.
     *
     * @param server null where the server has not said who it is
     */
    record Ready(UserId user, @Nullable ServerId server) implements ClientEvent {}

    /**
     * Someone wrote to this user.
     *
     * @param ts when the author says it was written, Unix ms
     * @param isVerified whether the author's content signature holds under the key we know the
     *     author by, and the server's signature where the server's key is known
     */
    record DirectMessage(UserId from, String text, long ts, boolean isVerified)
            implements ClientEvent {}

    /**
     * Someone wrote to everyone.
     *
     * @param isVerified whether the author's key, as we know it, has signed this text
     */
    record PublicMessage(UserId from, String text, long ts, boolean isVerified)
            implements ClientEvent {}

    /** A user came or went; {@code name} is the display name, null when there is none. */
    record PresenceChanged(UserId user, @Nullable String name, boolean isOnline)
            implements ClientEvent {}

    /** The server refused something. Its code is passed on as it came. */
    record ServerError(String code, String detail) implements ClientEvent {}

    /** Something came that this client had to refuse, or must warn about. */
    record ClientError(ClientErrorCode code, String detail) implements ClientEvent {}

    /** The last event. */
    record Closed(String reason) implements ClientEvent {}
}
