package io.socp.relay.client;

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
}
