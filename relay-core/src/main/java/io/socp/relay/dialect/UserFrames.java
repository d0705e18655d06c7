package io.socp.relay.dialect;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.Dialect.Manner;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.FileStart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.OutboundFrame;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Frames for users' links, in the dialect of each. Pure and thread-safe.
 *
 * <p>What an author signed end to end is never touched: {@code ciphertext}, {@code content_sig} and
 * the time. {@code sender_pub} is, since no layout of the content signature covers it, and a client
 * that meets a container it cannot read drops the message or worse. A frame whose payload changes
 * loses its author's transport signature and carries ours.
 */
@ThreadSafe
public final class UserFrames {

    private static final String PUBLIC = "public";

    private final String self;

    /**
     * Writes in the name of this server.
     *
     * @param self our server id
     */
    public UserFrames(String self) {
        this.self = self;
    }

    /**
     * A direct message for its recipient.
     *
     * @param authorKey fills {@code sender_pub} where the author left it out; null when not known
     */
    public OutboundFrame deliver(
            UserDeliver message, Dialect dialect, @Nullable RsaPublicKey authorKey) {
        JsonObject.Builder fields =
                JsonObject.builder().putAll(PayloadWriter.payload(message).members());
        String senderPub = message.sealed().senderPub();
        if (senderPub.isEmpty() && authorKey != null) {
            senderPub = authorKey.text();
        }
        fields.put("sender_pub", KeyText.in(dialect.keys(), senderPub));
        if (dialect.manner() == Manner.PAYLOAD_ADDRESSED) {
            fields.put("from", message.author().value())
                    .put("to", message.recipient().value())
                    .put("ts", message.ts());
        }
        return OutboundFrame.ofOurs(
                MessageType.USER_DELIVER.name(),
                Payload.of(fields.build()),
                self,
                message.recipient().value(),
                message.ts());
    }

    /**
     * What an author said to all, or a piece of a file, for readers of each dialect in use.
     *
     * @param passable the frame for those who need no form of their own
     */
    public FrameVersions passedOn(
            Envelope received, Authored message, OutboundFrame passable, Set<Dialect> inUse) {
        OutboundFrame standard = version(received, message, Dialect.STANDARD).orElse(passable);
        Map<Dialect, OutboundFrame> others = new HashMap<>();
        for (Dialect dialect : inUse) {
            others.put(dialect, version(received, message, dialect).orElse(passable));
        }
        return new FrameVersions(standard, others);
    }

    /** The frame for a reader of this dialect; empty when it reads the received one. */
    private Optional<OutboundFrame> version(Envelope received, Authored message, Dialect dialect) {
        return switch (message) {
            case MsgPublicChannel text -> publicText(received, text, dialect);
            case FileStart start when dialect.manner() == Manner.SERVER_PREFIXED ->
                    Optional.of(
                            ours(
                                    received,
                                    JsonObject.builder()
                                            .putAll(received.payload().members())
                                            .put("sender", start.author().value()),
                                    received.to()));
            case FilePart _ when isUnreadable(received, dialect) ->
                    Optional.of(
                            ours(
                                    received,
                                    JsonObject.builder().putAll(received.payload().members()),
                                    received.to()));
            case FilePart _, MsgDirect _ -> Optional.empty();
        };
    }

    /** fengyuan213's client drops whatever has no signature. */
    private static boolean isUnreadable(Envelope received, Dialect dialect) {
        return dialect.manner() == Manner.PUBLIC_ADDRESSED && received.sig().isEmpty();
    }

    /**
     * Where a user is, in our name, with the user's key in another container than the home server
     * wrote it.
     */
    public OutboundFrame advertise(UserAdvertise advertise, KeyContainer keys) {
        RsaPublicKey key = advertise.key();
        UserAdvertise contained =
                key == null
                        ? advertise
                        : new UserAdvertise(
                                advertise.origin(),
                                advertise.user(),
                                advertise.server(),
                                advertise.ts(),
                                key.in(keys),
                                advertise.meta());
        return OutboundFrame.ofOurs(contained, self, "*", advertise.ts());
    }

    private Optional<OutboundFrame> publicText(
            Envelope received, MsgPublicChannel text, Dialect dialect) {
        JsonObject members = received.payload().members();
        JsonObject.Builder fields = JsonObject.builder().putAll(members);
        String senderPub = KeyText.in(dialect.keys(), text.sealed().senderPub());
        boolean changed = !senderPub.equals(text.sealed().senderPub());
        if (changed) {
            fields.put("sender_pub", senderPub);
        }
        String to = received.to();
        switch (dialect.manner()) {
            case STANDARD, OWN -> {}
            case PUBLIC_ADDRESSED -> {
                changed |= !to.equals(PUBLIC) || isUnreadable(received, dialect);
                to = PUBLIC;
            }
            case PAYLOAD_ADDRESSED, SERVER_PREFIXED -> {
                changed = true;
                fields.put("from", text.author().value())
                        .put("ts", text.ts())
                        .put("channel", PUBLIC);
                if (!(members.get("text") instanceof JsonText)) {
                    PublicText.readable(text.sealed().ciphertext())
                            .ifPresent(t -> fields.put("text", t));
                }
            }
        }
        return changed ? Optional.of(ours(received, fields, to)) : Optional.empty();
    }

    /** The received frame with another payload: under its author's name, signed by us. */
    private static OutboundFrame ours(Envelope received, JsonObject.Builder fields, String to) {
        return OutboundFrame.ofOurs(
                received.type(), Payload.of(fields.build()), received.from(), to, received.ts());
    }
}
