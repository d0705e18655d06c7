package io.socp.relay.client.session;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.socp.relay.ownership.Immutable;
import java.io.IOException;

/** Says for people why a session has ended. Immutable. */
@Immutable
record EndWords(SessionOptions options) {

    /** The server has closed. */
    static SessionEnd lost(int code, String reason) {
        String said = reason.isBlank() ? "" : ": " + reason;
        return new SessionEnd.Lost("the server closed the connection (" + code + ")" + said, code);
    }

    /** What broke. */
    String describe(Throwable cause) {
        boolean isTooLong =
                cause instanceof TooLongFrameException
                        || (cause instanceof CorruptedWebSocketFrameException corrupted
                                && corrupted
                                        .closeStatus()
                                        .equals(WebSocketCloseStatus.MESSAGE_TOO_BIG));
        if (isTooLong) {
            return "the server sent a frame of more than " + options.frameBytesMax() + " bytes";
        }
        return cause instanceof IOException
                ? "the connection broke: " + cause.getMessage()
                : "the server broke the WebSocket protocol: " + cause.getMessage();
    }

    /** Why no connection came about. */
    String notConnected(Throwable cause) {
        String message = cause.getMessage();
        return notConnected(message == null ? cause.getClass().getSimpleName() : message);
    }

    String notConnected(String why) {
        return "cannot connect to " + options.server() + ": " + why;
    }
}
