package io.socp.relay.client;

import io.socp.relay.client.e2e.Addressee;
import io.socp.relay.client.e2e.ChannelKey;
import io.socp.relay.client.e2e.FileReceipt;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.e2e.Texts;
import io.socp.relay.client.session.Priority;
import io.socp.relay.client.session.Session;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.MessageReference;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.SealedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Seals, signs and writes what one client sends. Confined to the client's queue, where each
 * signature holds the queue up for about a millisecond.
 */
final class Outbox {

    /** The public channel's id (SOCP §15). */
    static final String PUBLIC = "public";

    /** A client knows its server's id late or never. */
    private static final String ANY_SERVER = "*";

    /** What a file's transfer consists of. */
    enum FileFrame {
        START(MessageType.FILE_START),
        CHUNK(MessageType.FILE_CHUNK),
        END(MessageType.FILE_END);

        private final MessageType type;

        FileFrame(MessageType type) {
            this.type = type;
        }
    }

    private final UserId author;
    private final Sealer sealer;
    private final SendClock clock;
    private final Session session;
    private final HomeServer home;
    private final Unconfirmed unconfirmed;
    private long lastRef;

    Outbox(
            UserId author,
            Sealer sealer,
            SendClock clock,
            Session session,
            HomeServer home,
            Unconfirmed unconfirmed) {
        this.unconfirmed = unconfirmed;
        this.home = home;
        this.author = author;
        this.sealer = sealer;
        this.clock = clock;
        this.session = session;
    }

    /** In one message where one holds it, otherwise in several that follow each other. */
    CompletableFuture<Sent> direct(Addressee to, String text) {
        List<String> pieces =
                to.isHybrid() ? List.of(text) : Texts.pieces(text, Sealer.DIRECT_BYTES_MAX);
        CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
        List<String> trace = new ArrayList<>(pieces.size());
        for (String piece : pieces) {
            CompletableFuture<Void> next = directPiece(to, piece, trace);
            written = written.thenCombine(next, (_, _) -> null);
        }
        return sent(to.user().value(), true, trace, written);
    }

    private CompletableFuture<Void> directPiece(Addressee to, String text, List<String> trace) {
        long ts = clock.nextMs();
        SealedText sealed = sealer.direct(text, to, ts);
        trace.addAll(reference(sealed.contentSig()));
        MsgDirect direct = new MsgDirect(author, to.user(), ts, sealed);
        Frame frame = new Frame(direct.type(), to.user().value(), PayloadWriter.payload(direct));
        return write(frame, ts, Priority.DIRECT);
    }

    /**
     * To everyone.
     *
     * @param key what those who are here can read it with; null for a text that all can read
     */
    CompletableFuture<Sent> toEveryone(String text, @Nullable ChannelKey key) {
        long ts = clock.nextMs();
        Payload payload =
                key == null ? sealer.publicPayload(text, ts) : sealer.publicPayload(text, key, ts);
        Frame frame = new Frame(MessageType.MSG_PUBLIC_CHANNEL, PUBLIC, payload);
        List<String> trace =
                payload.members().get("content_sig") instanceof JsonText(String signature)
                        ? reference(signature)
                        : List.of();
        return sent(PUBLIC, key != null, trace, write(frame, ts, Priority.PUBLIC));
    }

    /** Before the message that needs the key: both go in the order of the calls. */
    CompletableFuture<Void> keyShare(ChannelKey key, List<Addressee> members) {
        Payload payload = PayloadWriter.payload(sealer.keyShare(key, members));
        Frame frame = new Frame(MessageType.PUBLIC_CHANNEL_KEY_SHARE, ANY_SERVER, payload);
        return write(frame, clock.nextMs(), Priority.PUBLIC);
    }

    CompletableFuture<Void> file(FileFrame frame, String to, Payload payload) {
        return write(new Frame(frame.type, to, payload), clock.nextMs(), Priority.FILE);
    }

    /** What became of a file. */
    CompletableFuture<Sent> sentFile(String to, CompletableFuture<Sent.State> sending) {
        String ref = Long.toString(++lastRef);
        return sending.thenApply(state -> new Sent(ref, to, state, !to.equals(PUBLIC)));
    }

    CompletableFuture<Void> receipt(Addressee to, FileReceipt receipt) {
        long ts = clock.nextMs();
        MsgDirect direct = new MsgDirect(author, to.user(), ts, sealer.receipt(receipt, to, ts));
        Frame frame = new Frame(direct.type(), to.user().value(), PayloadWriter.payload(direct));
        return write(frame, ts, Priority.CONTROL);
    }

    CompletableFuture<Void> query(QueryMessage query, Priority priority) {
        Frame frame = new Frame(query.type(), ANY_SERVER, PayloadWriter.payload(query));
        return write(frame, clock.nextMs(), priority);
    }

    private CompletableFuture<Sent> sent(
            String to, boolean isEncrypted, List<String> trace, CompletableFuture<Void> written) {
        Sent sent = new Sent(Long.toString(++lastRef), to, Sent.State.ACCEPTED, isEncrypted, trace);
        return written.thenApply(_ -> sent);
    }

    private static List<String> reference(String contentSig) {
        return MessageReference.of(contentSig).map(MessageReference::toString).stream().toList();
    }

    /**
     * What the server makes anew for others, or answers itself, it takes on the link's word; the
     * rest it passes on as it is, to readers who look for our signature.
     */
    private boolean isProvenByLink(MessageType type) {
        return home.frames() == FrameProof.LINK
                && (type == MessageType.MSG_DIRECT
                        || type == MessageType.LIST_REQUEST
                        || type == MessageType.PUBKEY_REQUEST);
    }

    private record Frame(MessageType type, String to, Payload payload) {}

    private CompletableFuture<Void> write(Frame frame, long ts, Priority priority) {
        String sig = isProvenByLink(frame.type()) ? "" : sealer.transportSig(frame.payload());
        Envelope envelope =
                Envelope.of(
                        frame.type().name(), author.value(), frame.to(), ts, frame.payload(), sig);
        boolean isText = priority == Priority.DIRECT || priority == Priority.PUBLIC;
        return isText
                ? unconfirmed.send(session, envelope, priority)
                : session.send(envelope, priority);
    }
}
