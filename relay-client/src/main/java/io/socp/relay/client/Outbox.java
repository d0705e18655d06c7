package io.socp.relay.client;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.session.Session;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.SealedText;
import java.util.concurrent.CompletableFuture;

/**
 * Seals, signs and writes what one client sends. Confined to the client's queue, where each
 * signature holds the queue up for about a millisecond.
 */
final class Outbox {

    /** The public channel's id (SOCP §15). */
    static final String PUBLIC = "public";

    /** A client knows its server's id late or never. */
    private static final String ANY_SERVER = "*";

    private final UserId author;
    private final Sealer sealer;
    private final SendClock clock;
    private final Session session;
    private long lastRef;

    Outbox(UserId author, Sealer sealer, SendClock clock, Session session) {
        this.author = author;
        this.sealer = sealer;
        this.clock = clock;
        this.session = session;
    }

    CompletableFuture<Sent> direct(UserId to, RsaPublicKey key, String text) {
        long ts = clock.nextMs();
        SealedText sealed = sealer.direct(text, to, key, ts);
        Payload payload = PayloadWriter.payload(new MsgDirect(author, to, ts, sealed));
        return message(MessageType.MSG_DIRECT, to.value(), ts, payload);
    }

    CompletableFuture<Sent> toEveryone(String text) {
        long ts = clock.nextMs();
        return message(MessageType.MSG_PUBLIC_CHANNEL, PUBLIC, ts, sealer.publicPayload(text, ts));
    }

    CompletableFuture<Void> query(QueryMessage query) {
        return write(query.type(), ANY_SERVER, clock.nextMs(), PayloadWriter.payload(query));
    }

    private CompletableFuture<Sent> message(MessageType type, String to, long ts, Payload payload) {
        String ref = Long.toString(++lastRef);
        return write(type, to, ts, payload).thenApply(_ -> new Sent(ref, to, Sent.State.ACCEPTED));
    }

    private CompletableFuture<Void> write(MessageType type, String to, long ts, Payload payload) {
        String sig = sealer.transportSig(payload);
        return session.send(Envelope.of(type.name(), author.value(), to, ts, payload, sig));
    }
}
