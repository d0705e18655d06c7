package io.socp.relay.client;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Something that happened to a client, told to its listener. All are immutable. */
public sealed interface ClientEvent
        permits ClientEvent.Ready,
                ClientEvent.DirectMessage,
                ClientEvent.PublicMessage,
                ClientEvent.FileReceived,
                ClientEvent.PresenceChanged,
                ClientEvent.ServerError,
                ClientEvent.ClientError,
                ClientEvent.Reconnecting,
                ClientEvent.Closed,
                FileProgress {

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
     * @param isEncrypted whether only those who were here could read it; every relay could
     *     otherwise
     */
    record PublicMessage(UserId from, String text, long ts, boolean isVerified, boolean isEncrypted)
            implements ClientEvent {}

    /**
     * A file has come and lies at its place.
     *
     * @param name as the sender named it, made harmless
     * @param sha256 of what lies there, in hex
     * @param isVerified whether it is what the sender announced, and every frame of it was signed
     *     with the sender's key as we know it
     */
    record FileReceived(
            UserId from, String name, Path path, long size, String sha256, boolean isVerified)
            implements ClientEvent {}

    /** A user came or went; {@code name} is the display name, null when there is none. */
    record PresenceChanged(UserId user, @Nullable String name, boolean isOnline)
            implements ClientEvent {}

    /** The server refused something. Its code is passed on as it came. */
    record ServerError(String code, String detail) implements ClientEvent {}

    /** Something came that this client had to refuse, or must warn about. */
    record ClientError(ClientErrorCode code, String detail) implements ClientEvent {}

    /**
     * The connection is lost, and the client will connect anew by itself: {@link Ready} follows, or
     * another of these.
     *
     * @param pauseMs until it tries
     */
    record Reconnecting(String reason, URI server, long pauseMs) implements ClientEvent {}

    /** The last event. */
    record Closed(String reason) implements ClientEvent {}
}
