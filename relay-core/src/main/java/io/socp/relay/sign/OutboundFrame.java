package io.socp.relay.sign;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.Payload;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A frame on its way out: either someone else's bytes, passed on as they are, or our own message,
 * signed on first use. Thread-safe; the bytes are made once, whoever asks first.
 */
@ThreadSafe
public final class OutboundFrame {

    private final Priority priority;
    private final FrameProof needs;
    private final @Nullable Draft draft;
    private volatile byte @Nullable [] bytes;
    private byte @Nullable [] unsignedBytes;

    /**
     * What is for the other end of a link alone. All else is stored, replayed or passed on under
     * its maker's key, or may be.
     */
    private static final Set<String> FOR_ONE_HOP =
            Stream.of(
                            MessageType.HEARTBEAT,
                            MessageType.SERVER_WELCOME,
                            MessageType.SERVER_ANNOUNCE,
                            MessageType.USER_DELIVER,
                            MessageType.MSG_PUBLIC_CHANNEL,
                            MessageType.FILE_START,
                            MessageType.FILE_CHUNK,
                            MessageType.FILE_END,
                            MessageType.LIST_RESPONSE,
                            MessageType.PUBKEY_REQUEST,
                            MessageType.PUBKEY_RESPONSE,
                            MessageType.ACK,
                            MessageType.ERROR)
                    .map(MessageType::name)
                    .collect(Collectors.toUnmodifiableSet());

    /** An envelope without its signature; the payload is made when it is signed. */
    private record Draft(
            String type, Supplier<Payload> content, String from, String to, long ts, SigForm form) {

        byte[] sign(FrameSigner signer) {
            Payload payload = content.get();
            String sig =
                    switch (form) {
                        case STANDARD -> signer.sign(payload);
                        // 683 characters and one more.
                        case PADDED -> signer.sign(payload) + "=";
                        case RAW_UTF8 -> signer.signRawUtf8(payload);
                    };
            return Envelope.of(type, from, to, ts, payload, sig).bytes();
        }

        Envelope unsigned() {
            return Envelope.of(type, from, to, ts, content.get(), "");
        }

        boolean isForOneHop() {
            return form == SigForm.STANDARD && FOR_ONE_HOP.contains(type);
        }
    }

    /** How the signature is made and written. */
    private enum SigForm {
        STANDARD,
        PADDED,
        RAW_UTF8
    }

    private OutboundFrame(
            Priority priority, FrameProof needs, @Nullable Draft draft, byte @Nullable [] bytes) {
        this.priority = priority;
        this.needs = needs;
        this.draft = draft;
        this.bytes = bytes;
    }

    /** The frame exactly as it was received. */
    public static OutboundFrame asReceived(Envelope envelope) {
        return new OutboundFrame(
                Priority.of(envelope.type()), FrameProof.SIGNATURE, null, envelope.bytes());
    }

    /** Our own message; {@code from} is our server id. */
    public static OutboundFrame ofOurs(SocpMessage message, String from, String to, long ts) {
        return unsigned(
                new Draft(
                        message.type().name(),
                        () -> PayloadWriter.payload(message),
                        from,
                        to,
                        ts,
                        SigForm.STANDARD));
    }

    /** A frame with a payload that no message of ours has. */
    public static OutboundFrame ofOurs(
            String type, Payload payload, String from, String to, long ts) {
        return unsigned(new Draft(type, () -> payload, from, to, ts, SigForm.STANDARD));
    }

    /** This frame of ours for a reader who wants base64 padded. */
    public OutboundFrame withPaddedSignature() {
        return in(SigForm.PADDED);
    }

    /** This frame of ours for a reader who verifies the payload's text without escapes. */
    public OutboundFrame signedOverRawUtf8() {
        return in(SigForm.RAW_UTF8);
    }

    private OutboundFrame in(SigForm form) {
        if (draft == null) {
            throw new IllegalStateException("not a frame of ours");
        }
        return unsigned(new Draft(draft.type, draft.content, draft.from, draft.to, draft.ts, form));
    }

    private static OutboundFrame unsigned(Draft draft) {
        return new OutboundFrame(Priority.of(draft.type()), FrameProof.SIGNATURE, draft, null);
    }

    /** How urgent the frame is among others that wait. */
    public Priority priority() {
        return priority;
    }

    /** What a link must do for the frame: prove it, where it goes without its signature. */
    public FrameProof needs() {
        return needs;
    }

    /** Whether the bytes are there, so that sending the frame costs no signature. */
    public boolean isMade() {
        return bytes != null;
    }

    /** The frame as it was received, but with our signature over its payload. */
    public static OutboundFrame signedByUs(Envelope envelope) {
        return ofOurs(
                envelope.type(), envelope.payload(), envelope.from(), envelope.to(), envelope.ts());
    }

    /**
     * Whether the frame needs a signature on links of this kind: on one that proves its frames by
     * itself, only for those behind it.
     */
    public boolean isSignedFor(FrameProof proof) {
        return switch (proof) {
            case SIGNATURE -> true;
            case LINK -> draft == null || !draft.isForOneHop();
        };
    }

    /**
     * The frame's bytes on a link of this kind: {@link #bytes(FrameSigner)} where it needs them.
     */
    public byte[] bytes(FrameProof proof, FrameSigner signer) {
        // Signed for others already, it is good for everyone.
        return isMade() || isSignedFor(proof) ? bytes(signer) : unsignedBytes();
    }

    private synchronized byte[] unsignedBytes() {
        byte[] made = unsignedBytes;
        if (made == null) {
            if (draft == null) {
                throw new IllegalStateException("not a frame of ours");
            }
            made = draft.unsigned().bytes();
            unsignedBytes = made;
        }
        return made;
    }

    /** This frame of ours without a signature, for one who takes the link's word for it. */
    public OutboundFrame withoutSignature() {
        return draft == null
                ? this
                : new OutboundFrame(priority, FrameProof.LINK, null, unsignedBytes());
    }

    /**
     * The frame's bytes, signed now if they were not before: up to one RSA private operation, so
     * not for an event loop.
     */
    public byte[] bytes(FrameSigner signer) {
        byte[] made = bytes;
        return made == null ? make(signer) : made;
    }

    private synchronized byte[] make(FrameSigner signer) {
        byte[] made = bytes;
        if (made == null) {
            if (draft == null) {
                throw new IllegalStateException("a frame has bytes or a draft");
            }
            made = draft.sign(signer);
            bytes = made;
        }
        return made;
    }
}
