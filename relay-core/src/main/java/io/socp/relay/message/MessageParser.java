package io.socp.relay.message;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage.PublicChannelAdd;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.PublicChannelUpdated;
import io.socp.relay.message.ChannelMessage.Wrap;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.ChatMessage.FileEnd;
import io.socp.relay.message.ChatMessage.FileStart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.FieldReader.Unreadable;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.ServerAnnounce;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.message.MeshMessage.ServerHelloLink;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.NoticeMessage.Ack;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.QueryMessage.ForeignQuery;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.ListedUser;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SessionMessage.UserWelcome;
import io.socp.relay.ownership.ThreadSafe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parser from envelope to typed message. Thread-safe: holds nothing but the rule for ids.
 *
 * <p>Reads liberally: unknown fields are ignored, optional ones may be missing. What is wrong comes
 * back as {@link Parsing.Malformed}, never as an exception.
 */
@ThreadSafe
public final class MessageParser {

    /** Length of a USER_ADVERTISE, in bytes. */
    public static final int ADVERTISE_BYTES_MAX = 16 * 1024;

    /** Longest display name a hello may carry; it is repeated to everyone. */
    public static final int DISPLAY_NAME_CHARS_MAX = 64;

    /**
     * What says who, to whom and when in some form of a direct message: never the author's word.
     */
    private static final Set<String> DELIVERY_FIELDS =
            Set.of(
                    "ciphertext",
                    "sender_pub",
                    "content_sig",
                    "user_id",
                    "sender",
                    "from",
                    "to",
                    "ts",
                    "orig_ts",
                    "original_ts",
                    "inner_type",
                    "type",
                    "payload",
                    "sig");

    private final IdRule idRule;
    private final Set<String> foreignQueries;

    /** A parser of the standard's types and our extensions. */
    public MessageParser(IdRule idRule) {
        this(idRule, Set.of());
    }

    /**
     * A parser that also knows requests in other words.
     *
     * @param foreignQueries their types
     */
    public MessageParser(IdRule idRule, Set<String> foreignQueries) {
        this.idRule = idRule;
        this.foreignQueries = Set.copyOf(foreignQueries);
    }

    /** The message in {@code envelope}, or why there is none. */
    public Parsing parse(Envelope envelope) {
        Optional<MessageType> type = MessageType.ofWireName(envelope.type());
        if (type.isEmpty()) {
            return foreignQueries.contains(envelope.type())
                    ? new Parsing.Parsed(
                            new ForeignQuery(envelope.type(), envelope.payload().members()))
                    : new Parsing.UnknownType(envelope.type());
        }
        try {
            return new Parsing.Parsed(parse(type.get(), envelope));
        } catch (Unreadable unreadable) {
            return unreadable.malformed();
        }
    }

    private SocpMessage parse(MessageType type, Envelope e) throws Unreadable {
        FieldReader p = new FieldReader(e.payload().members(), "payload.", idRule);
        return switch (type) {
            case SERVER_HELLO_JOIN ->
                    new ServerHelloJoin(
                            server(e.from()), p.address(), p.key("pubkey"), extensions(p));
            case SERVER_HELLO_LINK ->
                    new ServerHelloLink(
                            server(e.from()), p.address(), p.key("pubkey"), extensions(p));
            case SERVER_ANNOUNCE ->
                    new ServerAnnounce(
                            announcedBy(e, p), p.address(), p.key("pubkey"), extensions(p));
            case SERVER_WELCOME -> welcome(e, p);
            case HEARTBEAT -> new Heartbeat(server(e.from()));
            case USER_ADVERTISE -> advertise(e, p);
            case USER_REMOVE ->
                    new UserRemove(server(e.from()), p.userId("user_id"), hostedBy(e, p), e.ts());
            case USER_HELLO -> hello(e, p);
            case USER_WELCOME ->
                    new UserWelcome(
                            p.serverId("server_id"), p.key("pubkey"), p.optionalObject("ext"));
            case CTRL_CLOSE -> new CtrlClose(p.has("retry_ms") ? p.nonNegative("retry_ms") : null);
            case MSG_DIRECT ->
                    new MsgDirect(user("from", e.from()), user("to", e.to()), e.ts(), sealed(p));
            case MSG_PUBLIC_CHANNEL ->
                    new MsgPublicChannel(user("from", e.from()), e.to(), e.ts(), publicText(p));
            case SERVER_DELIVER ->
                    new ServerDeliver(
                            server(e.from()),
                            p.userId("user_id"),
                            p.userId("sender"),
                            e.ts(),
                            sealed(p));
            case USER_DELIVER ->
                    new UserDeliver(
                            server(e.from()),
                            user("to", e.to()),
                            p.userId("sender"),
                            e.ts(),
                            sealed(p));
            case FILE_START -> fileStart(e, p);
            case FILE_CHUNK ->
                    new FileChunk(
                            user("from", e.from()),
                            e.to(),
                            e.ts(),
                            p.text("file_id"),
                            p.nonNegative("index"),
                            p.text("ciphertext"),
                            p.optionalText("content_sig"));
            case FILE_END ->
                    new FileEnd(
                            user("from", e.from()),
                            e.to(),
                            e.ts(),
                            p.text("file_id"),
                            p.optionalText("content_sig"));
            case PUBLIC_CHANNEL_ADD ->
                    new PublicChannelAdd(
                            server(e.from()), texts(p, "add"), p.nonNegative("if_version"));
            case PUBLIC_CHANNEL_UPDATED ->
                    new PublicChannelUpdated(
                            server(e.from()),
                            p.nonNegative("version"),
                            wraps(p, "wraps", "member_id", List.of("wrapped_key")));
            case PUBLIC_CHANNEL_KEY_SHARE ->
                    new PublicChannelKeyShare(
                            id("from", e.from()),
                            wraps(
                                    p,
                                    "shares",
                                    "member",
                                    List.of("wrapped_public_channel_key", "wrapped")),
                            p.text("creator_pub"),
                            p.optionalText("content_sig"));
            case ACK -> new Ack(e.from(), p.optionalText("msg_ref"));
            case ERROR ->
                    new ErrorNotice(e.from(), p.optionalText("code"), p.optionalText("detail"));
            case LIST_REQUEST -> listRequest(p);
            case LIST_RESPONSE -> new ListResponse(listed(p), p.optionalText("next"));
            case PUBKEY_REQUEST -> new PubkeyRequest(p.userId("user_id"));
            case PUBKEY_RESPONSE ->
                    new PubkeyResponse(p.userId("user_id"), p.optionalText("pubkey"));
            case PRESENCE_BATCH -> PresenceBatchForm.read(p, server(e.from()), e.ts(), idRule);
            case FOREIGN_QUERY -> throw new IllegalStateException("not a name on the wire");
        };
    }

    private ServerWelcome welcome(Envelope e, FieldReader p) throws Unreadable {
        return new ServerWelcome(
                server(e.from()),
                p.has("assigned_id") ? p.serverId("assigned_id") : null,
                WelcomeReader.key(p, server(e.from())),
                WelcomeReader.servers(p),
                extensions(p));
    }

    private UserAdvertise advertise(Envelope e, FieldReader p) throws Unreadable {
        JsonObject meta = p.optionalObject("meta");
        if (e.bytes().length > ADVERTISE_BYTES_MAX) {
            // It is kept, and told to everyone who comes.
            throw p.bad("meta", "less: at most " + ADVERTISE_BYTES_MAX + " bytes in the frame");
        }
        RsaPublicKey key = p.nullableKey("pubkey");
        if (key == null) {
            key = new FieldReader(meta, "payload.meta.", idRule).nullableKey("pubkey");
        }
        return new UserAdvertise(
                server(e.from()), p.userId("user_id"), hostedBy(e, p), e.ts(), key, meta);
    }

    private UserHello hello(Envelope e, FieldReader p) throws Unreadable {
        RsaPublicKey key = p.key("pubkey");
        // Mostly one key in both places: reading one costs a sixth of a verification.
        boolean isOneKey =
                e.payload().members().get("enc_pubkey") instanceof JsonText(String text)
                        && text.equals(key.text());
        RsaPublicKey encryptionKey = isOneKey ? key : p.nullableKey("enc_pubkey");
        FieldReader meta = new FieldReader(p.optionalObject("meta"), "payload.meta.", idRule);
        String name = meta.nullableText("display_name");
        if (name != null && name.length() > DISPLAY_NAME_CHARS_MAX) {
            throw meta.bad("display_name", "at most " + DISPLAY_NAME_CHARS_MAX + " characters");
        }
        return new UserHello(
                user("from", e.from()),
                p.optionalText("client"),
                key,
                encryptionKey == null ? key : encryptionKey,
                name,
                extensions(p));
    }

    private static @Nullable JsonObject extensions(FieldReader p) throws Unreadable {
        return p.has("ext") ? p.optionalObject("ext") : null;
    }

    private FileStart fileStart(Envelope e, FieldReader p) throws Unreadable {
        return new FileStart(
                user("from", e.from()),
                e.to(),
                e.ts(),
                p.text("file_id"),
                p.text("name"),
                p.nonNegative("size"),
                p.optionalText("sha256"),
                p.optionalText("mode"),
                p.optionalText("content_sig"));
    }

    private static SealedText sealed(FieldReader p) throws Unreadable {
        return new SealedText(
                p.text("ciphertext"),
                p.optionalText("sender_pub"),
                p.optionalText("content_sig"),
                p.others(DELIVERY_FIELDS));
    }

    /** Public text stands in {@code ciphertext}, or in {@code text} with some implementations. */
    private static SealedText publicText(FieldReader p) throws Unreadable {
        String ciphertext = p.nullableText("ciphertext");
        return new SealedText(
                ciphertext == null ? p.text("text") : ciphertext,
                p.optionalText("sender_pub"),
                p.optionalText("content_sig"));
    }

    private static List<String> texts(FieldReader p, String field) throws Unreadable {
        List<String> texts = new ArrayList<>();
        for (JsonValue element : p.array(field)) {
            if (!(element instanceof JsonText(String value))) {
                throw p.bad(field, "an array of strings");
            }
            texts.add(value);
        }
        return texts;
    }

    /** The rows of {@code field}; the wrapped key stands under the first of its names present. */
    private static List<Wrap> wraps(
            FieldReader p, String field, String member, List<String> keyNames) throws Unreadable {
        List<Wrap> wraps = new ArrayList<>();
        int index = 0;
        for (JsonValue element : p.optionalArray(field)) {
            FieldReader row = p.element(field, index++, element);
            String name =
                    keyNames.stream().filter(row::has).findFirst().orElse(keyNames.getFirst());
            wraps.add(new Wrap(row.text(member), row.text(name)));
        }
        return wraps;
    }

    /** Some implementations leave {@code server_id} out where it is the sender's own. */
    private ServerId hostedBy(Envelope e, FieldReader p) throws Unreadable {
        return p.has("server_id") ? p.serverId("server_id") : server(e.from());
    }

    /** A server announces itself; hearsay about a third one is no proof of anything. */
    private ServerId announcedBy(Envelope e, FieldReader p) throws Unreadable {
        ServerId announcer = server(e.from());
        if (p.has("server_id") && !p.serverId("server_id").equals(announcer)) {
            throw p.bad("server_id", "the server in from");
        }
        return announcer;
    }

    private static ListRequest listRequest(FieldReader p) throws Unreadable {
        String after = p.optionalText("after");
        if (!after.isEmpty() && !IdRule.LENIENT.accepts(after)) {
            throw p.bad("after", "an id, or nothing");
        }
        return new ListRequest(after);
    }

    private static List<ListedUser> listed(FieldReader p) throws Unreadable {
        List<ListedUser> users = new ArrayList<>();
        int index = 0;
        for (JsonValue element : p.array("users")) {
            FieldReader row = p.element("users", index++, element);
            users.add(
                    new ListedUser(
                            row.text("user_id"),
                            row.optionalText("server_id"),
                            row.nullableText("name")));
        }
        return users;
    }

    private ServerId server(String from) throws Unreadable {
        if (!idRule.acceptsServer(from)) {
            throw badId("from");
        }
        return new ServerId(from);
    }

    private UserId user(String field, String value) throws Unreadable {
        return new UserId(id(field, value));
    }

    private String id(String field, String value) throws Unreadable {
        if (!idRule.accepts(value)) {
            throw badId(field);
        }
        return value;
    }

    private Unreadable badId(String field) {
        return new Unreadable(
                new Parsing.BadField(
                        field, idRule == IdRule.UUID_V4 ? "a UUID version 4" : "an id"));
    }
}
