package io.socp.relay.client.conformance;

import io.socp.relay.ownership.ThreadSafe;

/** The kit's server as one trial uses it. Thread-safe as its parts are. */
@ThreadSafe
record PeerSession(Peer peer, Ear ear, Transcript transcript) {

    ServerAuthor author() {
        return peer.author();
    }

    String id() {
        return peer.author().id();
    }

    void send(Draft draft) {
        send(draft.text());
    }

    /** Sends this text as it is. */
    void send(String text) {
        transcript.sent(text);
        peer.link().send(text);
    }
}
