package io.socp.relay.engine;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Rejection;
import org.jspecify.annotations.Nullable;

/** Which refused frames are offences of the peer that sent them. Thread-safe: no state. */
@ThreadSafe
record Blame(LiveView view) {

    /** What a frame that cannot be read says of the peer that sent it; null for nothing. */
    static @Nullable Offence of(Envelope envelope, Parsing.Malformed malformed) {
        if (isNotice(envelope)) {
            return null;
        }
        return malformed instanceof Parsing.UnknownType ? Offence.UNKNOWN_TYPE : Offence.MALFORMED;
    }

    /**
     * What a refused frame says of the peer that sent it. What honest relays pass on at whatever
     * rate others set is no offence: one hostile server must not get them cut. They have verified
     * it, but perhaps under another key than ours: a hostile server may show each of us another. So
     * only what a peer says in its own name is its own, and what it passes on of users whom it
     * hosts.
     */
    @Nullable Offence of(
            Envelope envelope, SocpMessage message, Rejection rejection, LinkIdentity link) {
        if (isNotice(envelope)) {
            return null;
        }
        boolean inOwnName = envelope.from().equals(nameOf(link));
        return switch (rejection.reason()) {
            case FOREIGN_SENDER ->
                    inOwnName || !(message instanceof ServerDeliver)
                            ? Offence.FORGES_SERVER_ID
                            : null;
            case KEY_MISMATCH -> inOwnName ? Offence.CHANGES_PINNED_KEY : null;
            case SIGNATURE_MISSING, SIGNATURE_WRONG -> {
                if (inOwnName) {
                    yield Offence.WRONG_SIGNATURE;
                }
                yield isOfUserHostedBy(link, message) ? Offence.PASSES_ON_FORGERY : null;
            }
            case OUT_OF_PLACE -> Offence.UNKNOWN_TYPE;
            case NO_HELLO, TOO_EARLY, MEANT_FOR_ANOTHER, STALE, UNKNOWN_ORIGIN, HEARSAY -> null;
        };
    }

    private boolean isOfUserHostedBy(LinkIdentity link, SocpMessage message) {
        return link instanceof LinkIdentity.Server(ServerId peer, _, _)
                && message instanceof Authored authored
                && peer.equals(view.homeOf(authored.author()));
    }

    /** An ERROR or an ACK is never answered, or two servers could answer each other for ever. */
    static boolean isNotice(Envelope envelope) {
        return envelope.type().equals("ERROR") || envelope.type().equals("ACK");
    }

    /** By what name its frames come; empty for one without. */
    static String nameOf(LinkIdentity link) {
        return switch (link) {
            case LinkIdentity.User user -> user.user().value();
            case LinkIdentity.Server server -> server.server().value();
            case LinkIdentity.Stranger _, LinkIdentity.Introducer _ -> "";
        };
    }
}
