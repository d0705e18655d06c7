package io.socp.relay.client.conformance;

import io.socp.relay.ownership.Immutable;

/** What a trial found. Immutable. */
@Immutable
public sealed interface Verdict {

    /** The word in reports. */
    String word();

    /** What was sent, expected and came, in words for the person who mends the server. */
    String detail();

    /** The server does as the clause says. */
    record Pass(String detail) implements Verdict {
        @Override
        public String word() {
            return "PASS";
        }
    }

    /** It does not. */
    record Fail(String sent, String expected, String came) implements Verdict {
        @Override
        public String word() {
            return "FAIL";
        }

        @Override
        public String detail() {
            return "sent: " + sent + "; expected: " + expected + "; came: " + came;
        }
    }

    /** The clause is optional and the server lets it be, or what it builds on is missing. */
    record NotOffered(String detail) implements Verdict {
        @Override
        public String word() {
            return "NOT OFFERED";
        }
    }
}
