package io.socp.relay.client;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.Payload;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SessionMessage.UserHello;

/**
 * A USER_HELLO, signed ahead of the connection; the signature does not cover the time it will be
 * sent at (SOCP §6).
 */
record SignedHello(UserHello hello, Payload payload, String sig) {

    /** A client cannot know its server's id before it has spoken to it. */
    private static final String TO_ANY = "*";

    static SignedHello of(UserHello hello, Sealer sealer) {
        Payload payload = PayloadWriter.payload(hello);
        return new SignedHello(hello, payload, sealer.transportSig(payload));
    }

    Envelope envelope(long ts) {
        String from = hello.user().value();
        return Envelope.of(MessageType.USER_HELLO.name(), from, TO_ANY, ts, payload, sig);
    }
}
