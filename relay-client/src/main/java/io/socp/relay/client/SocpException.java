package io.socp.relay.client;

import io.socp.relay.client.session.SessionEnd;

/** A request to a client that failed: a code for programs and a detail for people. */
public final class SocpException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String detail;

    public SocpException(String code, String detail) {
        super(code + ": " + detail);
        this.code = code;
        this.detail = detail;
    }

    SocpException(ClientErrorCode code, String detail) {
        this(code.name(), detail);
    }

    /** A {@link ClientErrorCode}'s name, or a server's own code. */
    public String code() {
        return code;
    }

    /** One line. */
    public String detail() {
        return detail;
    }

    /** What a session's end means for whoever waits for it. */
    static SocpException of(SessionEnd end) {
        return switch (end) {
            case SessionEnd.HelloRefused(String code, String detail) ->
                    new SocpException(code, detail);
            case SessionEnd.ServerKeyChanged changed ->
                    new SocpException(ClientErrorCode.SERVER_KEY_CHANGED, changed.reason());
            case SessionEnd.NotConnected(String reason) ->
                    new SocpException(ClientErrorCode.CONNECT_FAILED, reason);
            case SessionEnd.Lost(String reason, _) ->
                    new SocpException(ClientErrorCode.CLOSED, reason);
            case SessionEnd.ClosedHere(String reason) ->
                    new SocpException(ClientErrorCode.CLOSED, reason);
        };
    }
}
