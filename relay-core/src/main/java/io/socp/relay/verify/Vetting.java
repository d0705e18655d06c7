package io.socp.relay.verify;

/** What came of the checks that cost nothing. */
public sealed interface Vetting permits Vetted, Vetting.Refused {

    /** The other end's fault, found without any RSA. */
    record Refused(Rejection rejection) implements Vetting {}
}
