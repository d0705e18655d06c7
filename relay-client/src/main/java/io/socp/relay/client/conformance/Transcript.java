package io.socp.relay.client.conformance;

import io.socp.relay.ownership.ThreadSafe;
import java.util.ArrayDeque;
import java.util.Deque;

/** What one trial sent last and what came of it, for its report. Thread-safe: one lock. */
@ThreadSafe
final class Transcript {

    private static final int SENT_MAX = 2;

    private final Deque<String> sent = new ArrayDeque<>();
    private String came = "";

    synchronized void sent(String text) {
        sent.addLast(Frame.summary(text));
        if (sent.size() > SENT_MAX) {
            sent.removeFirst();
        }
    }

    synchronized void came(Frame frame) {
        came = frame.summary();
    }

    synchronized String sent() {
        return sent.isEmpty() ? "nothing" : String.join(" | ", sent);
    }

    /** The last two frames that counted. */
    synchronized String story() {
        return "sent: " + sent() + (came.isEmpty() ? "" : "; came: " + came);
    }
}
