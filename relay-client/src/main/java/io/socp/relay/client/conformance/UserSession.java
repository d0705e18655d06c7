package io.socp.relay.client.conformance;

import io.socp.relay.ownership.ThreadSafe;
import java.util.List;

/** A strict user with a link to the server, for one trial. Thread-safe as its parts are. */
@ThreadSafe
record UserSession(Author author, WireLink link, Ear ear, Transcript transcript) {

    String id() {
        return author.id();
    }

    void send(Draft draft) {
        send(draft.text());
    }

    void send(List<Draft> drafts) {
        drafts.forEach(this::send);
    }

    /** Sends this text as it is. */
    void send(String text) {
        transcript.sent(text);
        link.send(text);
    }
}
