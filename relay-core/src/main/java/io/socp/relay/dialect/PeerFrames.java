package io.socp.relay.dialect;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.PeerDialect.Manner;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelName;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.sign.OutboundFrame;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Payloads for links to other servers, where the standard's own would leave some of them without
 * what they look for. Pure and thread-safe.
 */
public final class PeerFrames {

    private PeerFrames() {}

    /**
     * A welcome in which every implementation finds the introducer's key and the servers it knows:
     * each looks in another place, and ignores the others.
     *
     * @param welcome names the introducer's key; without the introducer in its list
     * @param address where the introducer can be dialled
     */
    public static Payload welcome(ServerWelcome welcome, HostPort address, PeerDialect dialect) {
        if (welcome.key() == null || welcome.assignedId() == null) {
            throw new IllegalArgumentException("our welcome names our key and the joiner's id");
        }
        KeyContainer keys = dialect.keys();
        KnownServer introducer = new KnownServer(welcome.server(), address, welcome.key());
        JsonObject row = server(introducer, keys).build();
        return Payload.of(
                JsonObject.builder()
                        .put("assigned_id", welcome.assignedId().value())
                        .put("server_id", welcome.server().value())
                        .put("server_pub", welcome.key().text(keys))
                        .put("pubkey", welcome.key().text(keys))
                        .put("host", address.host())
                        .put("port", address.port())
                        .put("introducer", row)
                        .put("servers", rows(introducer, welcome.servers(), keys))
                        .put("clients", clients(introducer, welcome.servers(), dialect))
                        .build());
    }

    /**
     * Where a user of ours is, stated anew: some servers know what they heard by its signature or
     * its time, and take a repetition for an echo.
     *
     * @param us as the peer knows us
     */
    public static OutboundFrame advertise(
            UserAdvertise statement, PeerDialect dialect, ServerId us, long ts) {
        RsaPublicKey key = statement.key();
        UserAdvertise restated =
                new UserAdvertise(
                        us,
                        statement.user(),
                        us,
                        ts,
                        key == null ? null : key.in(dialect.keys()),
                        statement.meta());
        OutboundFrame frame = OutboundFrame.ofOurs(restated, us.value(), "*", ts);
        return dialect.manner() == PeerDialect.Manner.RAW_SIGNED
                ? frame.signedOverRawUtf8()
                : frame;
    }

    /** Whether the statement's signature depends on how text outside ASCII is written. */
    public static boolean dependsOnEscapes(UserAdvertise statement) {
        return PayloadWriter.payload(statement).signedForms().size() > 1;
    }

    /** A user's key, for servers that look for keys in a register only. */
    public static OutboundFrame register(UserId user, RsaPublicKey key, ServerId us, long ts) {
        return OutboundFrame.ofOurs(
                "DB_REGISTER",
                Payload.of(
                        JsonObject.builder()
                                .put("user_id", user.value())
                                .put("pubkey", key.text(KeyContainer.DER_BASE64URL))
                                .build()),
                us.value(),
                "*",
                ts);
    }

    /** The question for a user's key, where presence tells none. */
    public static OutboundFrame askForKey(UserId user, PeerDialect dialect, ServerId us, long ts) {
        return OutboundFrame.ofOurs(
                dialect.manner() == PeerDialect.Manner.SERVER_PREFIXED
                        ? "DB_GET_USER"
                        : MessageType.PUBKEY_REQUEST.name(),
                Payload.of(
                        JsonObject.builder()
                                .put("user_id", user.value())
                                .put("req_id", user.value())
                                .build()),
                us.value(),
                "*",
                ts);
    }

    /**
     * A direct message on its way to the recipient's server. Besides the standard's five fields it
     * holds the author's time, which some read nowhere else, and what kind of message it is.
     */
    public static Payload deliver(ServerDeliver message, PeerDialect dialect) {
        Payload payload = PayloadWriter.payload(message);
        if (dialect.isOwn()) {
            return payload;
        }
        String senderPub = KeyText.in(dialect.keys(), message.sealed().senderPub());
        return Payload.of(
                JsonObject.builder()
                        .put("public", false)
                        .putAll(payload.members())
                        .put("sender_pub", senderPub)
                        .put("orig_ts", message.ts())
                        .put("original_ts", message.ts())
                        .put("ts", message.ts())
                        .put("inner_type", MessageType.MSG_DIRECT.name())
                        .build());
    }

    /**
     * What a user wrote to all, or a piece of a file, for a peer that does not believe the user's
     * own signature; empty where it does.
     *
     * @param frame as the standard has it
     * @param us as the peer knows us
     */
    public static Optional<OutboundFrame> passedOn(
            Envelope frame, Authored message, PeerDialect dialect, ServerId us) {
        return switch (dialect.manner()) {
            case OWN -> Optional.empty();
            case STANDARD, ONE_WAY -> signed(frame);
            case RAW_SIGNED -> signed(frame).map(OutboundFrame::signedOverRawUtf8);
            case PUBLIC_ADDRESSED ->
                    // It needs some signature: a user's own is as good as ours.
                    message instanceof FilePart
                            ? signed(frame)
                            : Optional.of(ours(frame, message, dialect));
            case LINK_SIGNED -> Optional.of(ours(frame, message, dialect));
            case SERVER_PREFIXED ->
                    Optional.of(
                            OutboundFrame.ofOurs(
                                    frame.type(),
                                    Payload.of(authored(frame, message, dialect)),
                                    us.value(),
                                    "*",
                                    frame.ts()));
        };
    }

    /** With our signature where the author left none; empty where there is one. */
    private static Optional<OutboundFrame> signed(Envelope frame) {
        return frame.sig().isEmpty()
                ? Optional.of(OutboundFrame.signedByUs(frame))
                : Optional.empty();
    }

    private static OutboundFrame ours(Envelope frame, Authored message, PeerDialect dialect) {
        return OutboundFrame.ofOurs(
                frame.type(),
                Payload.of(contained(frame, message, dialect).build()),
                frame.from(),
                ChannelName.isPublic(frame.to()) ? "public" : frame.to(),
                frame.ts());
    }

    /** Author, time and recipient inside the payload: the envelope is between the servers. */
    private static JsonObject authored(Envelope frame, Authored message, PeerDialect dialect) {
        boolean isPublic = ChannelName.isPublic(frame.to());
        JsonObject.Builder fields = contained(frame, message, dialect);
        switch (message) {
            case MsgPublicChannel text -> {
                fields.put("from", text.author().value())
                        .put("ts", text.ts())
                        .put("channel", "public");
                if (!(frame.payload().members().get("text") instanceof JsonText)) {
                    String sealed = text.sealed().ciphertext();
                    fields.put("text", PublicText.readable(sealed).orElse(sealed));
                }
            }
            case FilePart part -> {
                fields.put("sender", part.author().value());
                if (isPublic) {
                    fields.put("mode", "public");
                } else {
                    fields.put("user_id", frame.to());
                }
            }
            case MsgDirect _ -> {}
        }
        return fields.build();
    }

    private static JsonObject.Builder contained(
            Envelope frame, Authored message, PeerDialect dialect) {
        JsonObject.Builder fields = JsonObject.builder().putAll(frame.payload().members());
        if (message instanceof MsgPublicChannel text && !text.sealed().senderPub().isEmpty()) {
            fields.put("sender_pub", KeyText.in(dialect.keys(), text.sealed().senderPub()));
        }
        return fields;
    }

    /**
     * The standard's {@code clients} are servers, and some dial only whom they find there. Where a
     * server takes them for users, it gets none.
     */
    private static JsonValue clients(
            KnownServer introducer, List<KnownServer> others, PeerDialect dialect) {
        return dialect.manner() == Manner.PUBLIC_ADDRESSED
                ? new JsonArray(List.of())
                : new JsonArray(
                        Stream.concat(Stream.of(introducer), others.stream())
                                .<JsonValue>map(known ->
                                        server(known, dialect.keys())
                                                .put("user_id", known.server().value())
                                                .build())
                                .toList());
    }

    private static JsonValue rows(
            KnownServer introducer, List<KnownServer> others, KeyContainer keys) {
        return new JsonArray(
                Stream.concat(Stream.of(introducer), others.stream())
                        .<JsonValue>map(known -> server(known, keys).build())
                        .toList());
    }

    private static JsonObject.Builder server(KnownServer known, KeyContainer keys) {
        return JsonObject.builder()
                .put("server_id", known.server().value())
                .put("host", known.address().host())
                .put("port", known.address().port())
                .put("pubkey", known.key().text(keys));
    }
}
