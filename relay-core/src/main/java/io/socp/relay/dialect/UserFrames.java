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
import io.socp.relay.message.SessionMessage.UserHello;
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
        JsonObject.Builder fields = PayloadWriter.fields(message);
        String senderPub = message.sealed().senderPub();
        if (senderPub.isEmpty() && authorKey != null) {
            senderPub = authorKey.text();
        }
        fields.put("sender_pub", dialect.padded(KeyText.in(dialect.keys(), senderPub)));
        if (dialect.manner() == Manner.PAYLOAD_ADDRESSED) {
            fields.put("from", message.author().value())
                    .put("to", message.recipient().value())
                    .put("ts", message.ts());
        }
        if (dialect.manner() == Manner.CHALLENGED
                && message.sealed().others().get("public") == null) {
            fields.put("public", false);
        }
        OutboundFrame frame =
                OutboundFrame.ofOurs(
                        MessageType.USER_DELIVER.name(),
                        Payload.of(fields.build()),
                        self,
                        message.recipient().value(),
                        message.ts());
        return dialect.manner() == Manner.NAMELESS ? frame.withPaddedSignature() : frame;
    }

    /** What a client waits for after its hello, in words of its own; empty where it is nothing. */
    public Optional<OutboundFrame> welcome(
            UserHello hello, Dialect dialect, RsaPublicKey us, long ts) {
        String user = hello.user().value();
        return switch (dialect.manner()) {
            case CHALLENGED -> Optional.of(welcome("AUTH_OK", "user_id", user, user, ts));
            case NAMELESS -> {
                String key = dialect.text(us);
                yield Optional.of(
                        welcome("USER_WELCOME", "server_pub_key", key, user, ts)
                                .withPaddedSignature());
            }
            case STANDARD, OWN, PAYLOAD_ADDRESSED, PUBLIC_ADDRESSED, SERVER_PREFIXED ->
                    Optional.empty();
        };
    }

    private OutboundFrame welcome(String type, String field, String value, String to, long ts) {
        Payload payload = Payload.of(JsonObject.builder().put(field, value).build());
        return OutboundFrame.ofOurs(type, payload, self, to, ts);
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
     *
     * @param named with a {@code username}, for clients that know users by nothing else
     */
    public OutboundFrame advertise(UserAdvertise advertise, KeyContainer keys, boolean named) {
        RsaPublicKey key = advertise.key();
        UserAdvertise contained =
                new UserAdvertise(
                        advertise.origin(),
                        advertise.user(),
                        advertise.server(),
                        advertise.ts(),
                        key == null ? null : key.in(keys),
                        named ? named(advertise) : advertise.meta());
        return OutboundFrame.ofOurs(contained, self, "*", advertise.ts());
    }

    /** One word: the client cuts a command at its spaces. */
    private static JsonObject named(UserAdvertise advertise) {
        String name =
                advertise.meta().get("display_name") instanceof JsonText(String text)
                                && !text.isBlank()
                        ? text.strip().replaceAll("\\s+", "_")
                        : advertise.user().value();
        JsonObject.Builder meta = JsonObject.builder().put("username", name);
        advertise.meta().members().forEach(meta::put);
        return meta.build();
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
            case STANDARD, OWN, CHALLENGED, NAMELESS -> {}
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
