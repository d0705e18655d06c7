package io.socp.relay.client.conformance;

/**
 * Control flow inside this package: ends a trial with a verdict other than a pass. Stackless, and
 * never leaves the package.
 */
final class Unmet extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Verdict verdict;

    private Unmet(Verdict verdict) {
        super(verdict.detail(), null, false, false);
        this.verdict = verdict;
    }

    static Unmet fail(String sent, String expected, String came) {
        return new Unmet(new Verdict.Fail(sent, expected, came));
    }

    static Unmet notOffered(String why) {
        return new Unmet(new Verdict.NotOffered(why));
    }

    Verdict verdict() {
        return verdict;
    }
}
