package io.socp.relay.client.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.testing.TestKeys;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A small server of the standard, and of nothing else, that is broken in one clause: the clause's
 * id is its defect. Thread-safe: one lock around everything.
 */
final class BrokenRelay implements AutoCloseable {

    /** The defect of one that is sound. */
    static final String NONE = "";

    static final long HEARTBEAT_MS = 200;
    static final long SILENCE_MS = 2_000;

    private static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("broken-relay", true), NioIoHandler.newFactory());
    private static final EnvelopeCodec CODEC = new EnvelopeCodec(EnvelopeLimits.DEFAULT);
    private static final SignatureVerifier VERIFIER = new SignatureVerifier();
    private static final TestKeys KEY = TestKeys.SERVER_A;
    private static final Set<String> FIELDS = Set.of("type", "from", "to", "ts", "payload", "sig");

    private final String defect;
    private final String id;
    private final Channel port;
    private final BrokenUsers users = new BrokenUsers(this);
    private final BrokenServers servers = new BrokenServers(this);
    private final Future<?> ticking;
    private final Set<List<Object>> seen = new HashSet<>();

    /** {@code local_users}, in the order of their coming. */
    final Map<String, BrokenLink> localUsers = new LinkedHashMap<>();

    /** {@code user_locations}: our own id for local users. */
    final Map<String, String> userLocations = new TreeMap<>();

    /** Keys of users, wherever they are. */
    final Map<String, RsaPublicKey> userKeys = new HashMap<>();

    private Throwable bug;

    private BrokenRelay(String defect) {
        this.defect = defect;
        this.id = broken("id.server-uuid") ? "server-1" : UUID.randomUUID().toString();
        this.port =
                new ServerBootstrap()
                        .group(LOOPS)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(new AcceptInitializer())
                        .bind("127.0.0.1", 0)
                        .syncUninterruptibly()
                        .channel();
        this.ticking =
                LOOPS.scheduleAtFixedRate(
                        servers::onTick, HEARTBEAT_MS, HEARTBEAT_MS, TimeUnit.MILLISECONDS);
    }

    static BrokenRelay start(String defect) {
        return new BrokenRelay(defect);
    }

    /** Whether this is the defect; no clause at all is never one. */
    boolean broken(String clause) {
        return !clause.isEmpty() && defect.equals(clause);
    }

    /** Whether this is the defect and here is a case for it. */
    boolean broken(String clause, boolean isCase) {
        return isCase && broken(clause);
    }

    String id() {
        return id;
    }

    URI url() {
        int bound = ((InetSocketAddress) port.localAddress()).getPort();
        return URI.create("ws://127.0.0.1:" + bound);
    }

    /** What went wrong in here, which no defect explains; null as a rule. */
    synchronized Throwable bug() {
        return bug;
    }

    synchronized void onBug(Throwable cause) {
        bug = cause;
    }

    @Override
    public void close() {
        port.close().syncUninterruptibly();
        ticking.cancel(false);
    }

    // ---- frames in

    synchronized void onText(BrokenLink link, String text) {
        link.heardNs = System.nanoTime();
        if (broken("transport.trailing-space") && !text.equals(text.strip())) {
            error(link, "UNKNOWN_TYPE", "white space");
            return;
        }
        switch (CODEC.decode(text.getBytes(UTF_8))) {
            case Decoded(Envelope envelope) -> onEnvelope(link, envelope, text);
            case DecodeFailure failure -> onFailure(link, failure, text);
        }
    }

    private void onFailure(BrokenLink link, DecodeFailure failure, String text) {
        String clause =
                switch (failure) {
                    case DecodeFailure.MissingField(String field) -> field + "-missing";
                    case DecodeFailure.MistypedField(String field, _) -> field + "-mistyped";
                    case DecodeFailure.NotAnObject() -> "not-object";
                    default -> "not-json";
                };
        if (!broken("envelope." + clause) && !text.contains("\"ERROR\"")) {
            error(link, "UNKNOWN_TYPE", failure.detail());
        }
    }

    private void onEnvelope(BrokenLink link, Envelope e, String text) {
        Frame frame = Frame.of(text, true, 0);
        if (broken("envelope.extra-fields") && !FIELDS.containsAll(frame.json().propertyNames())) {
            error(link, "UNKNOWN_TYPE", "fields");
        } else if (e.type().equals("CTRL_CLOSE")) {
            if (broken("transport.ctrl-close")) {
                error(link, "UNKNOWN_TYPE", e.type());
            }
        } else if (e.type().equals("ERROR") || e.type().equals("ACK")) {
            onNotice(link, e);
        } else if (!link.server.isEmpty()) {
            servers.onFrame(link, e);
        } else if (!link.user.isEmpty()) {
            users.onFrame(link, broken("envelope.type-case") ? upperCase(e) : e);
        } else {
            onFirst(link, e, frame);
        }
    }

    private static Envelope upperCase(Envelope e) {
        String type = e.type().toUpperCase(Locale.ROOT);
        return Envelope.of(type, e.from(), e.to(), e.ts(), e.payload(), e.sig());
    }

    private void onNotice(BrokenLink link, Envelope e) {
        boolean isFromServer = !link.server.isEmpty();
        boolean isBare = said(e, "code").isEmpty();
        boolean isAnswered =
                isFromServer
                        ? broken("error.server-not-answered") || broken("error.no-storm")
                        : broken(
                                e.type().equals("ACK")
                                        ? "error.ack-not-answered"
                                        : isBare
                                                ? "error.malformed-not-answered"
                                                : "error.not-answered");
        if (isAnswered) {
            error(link, "UNKNOWN_TYPE", e.type());
        }
    }

    private void onFirst(BrokenLink link, Envelope e, Frame frame) {
        switch (e.type()) {
            case "USER_HELLO" -> users.onHello(link, e, frame);
            case "SERVER_HELLO_JOIN", "SERVER_HELLO_LINK", "SERVER_ANNOUNCE" ->
                    servers.onGreeting(link, e);
            default -> {
                if (broken("transport.identify-first")) {
                    users.direct(link, e);
                } else {
                    error(link, "UNKNOWN_TYPE", "no hello");
                }
            }
        }
    }

    synchronized void onClosed(BrokenLink link) {
        if (!link.user.isEmpty()) {
            users.onClosed(link);
        } else if (!link.server.isEmpty()) {
            servers.onClosed(link);
        }
    }

    // ---- what both sides need

    BrokenServers servers() {
        return servers;
    }

    BrokenUsers users() {
        return users;
    }

    /** Whether the sig holds; a defect may make the check blind or squint. */
    boolean holds(RsaPublicKey key, Envelope e) {
        byte[] canonical = e.payload().canonical();
        byte[] signature;
        try {
            signature = Base64Url.decode(e.sig());
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        if (broken("crypto.salt-478") || broken("crypto.salt-32")) {
            int salt = broken("crypto.salt-32") ? 478 : 32;
            return BrokenCrypto.verifies(key, salt, canonical, signature);
        }
        if (broken("crypto.canonical-order")) {
            return VERIFIER.verifies(key, e.payload().bytes(), signature);
        }
        if (broken("crypto.canonical-non-ascii") && new String(canonical, UTF_8).contains("\\u")) {
            return false;
        }
        return VERIFIER.verifies(key, canonical, signature);
    }

    /** Whether this is new; remembers it. */
    boolean isFirst(Envelope e, String clause) {
        List<Object> key =
                List.of(
                        e.ts(),
                        e.from(),
                        e.to(),
                        Arrays.hashCode(e.payload().canonical()),
                        e.type());
        return seen.add(key) || broken(clause);
    }

    static String said(Envelope e, String member) {
        return e.payload().members().get(member) instanceof JsonText(String text) ? text : "";
    }

    static JsonObject.Builder copy(JsonObject members) {
        JsonObject.Builder copy = JsonObject.builder();
        members.members().forEach(copy::put);
        return copy;
    }

    static JsonObject without(JsonObject members, String name) {
        JsonObject.Builder copy = JsonObject.builder();
        members.members()
                .forEach((String key, JsonValue value) -> {
                    if (!key.equals(name)) {
                        copy.put(key, value);
                    }
                });
        return copy.build();
    }

    long now() {
        return System.currentTimeMillis();
    }

    /** A frame in our name. */
    Envelope ours(String type, String to, long ts, JsonObject payload, String sigClause) {
        TestKeys signer = broken(sigClause) ? TestKeys.MALLORY : KEY;
        Payload body = Payload.of(payload);
        String sig = Base64Url.encode(signer.signer().sign(body.canonical()));
        return Envelope.of(type, id, to, ts, body, broken("crypto.sig-text") ? sig + "=" : sig);
    }

    void send(BrokenLink link, Envelope frame) {
        String text = new String(frame.bytes(), UTF_8);
        link.send(
                broken("envelope.server-fields")
                        ? text.replaceFirst("\"ts\":(\\d+)", "\"ts\":\"$1\"")
                        : text);
    }

    void error(BrokenLink link, String code, String detail) {
        JsonObject payload =
                JsonObject.builder()
                        .put("code", broken("error.fields") ? "E42" : code)
                        .put("detail", detail)
                        .build();
        long ts = broken("envelope.ts-milliseconds") ? now() / 1000 : now();
        Envelope error = ours("ERROR", "*", ts, payload, "error.sig");
        if (broken("envelope.from-server")) {
            error = Envelope.of("ERROR", "server", "*", ts, error.payload(), error.sig());
        }
        send(link, error);
        if (broken("error.link-lives")) {
            link.close();
        }
    }

    String keyText() {
        return KEY.publicKey().text();
    }

    /** Connects to a server that was lost, and says who we are. */
    void dial(String host, int dialledPort) {
        URI url = URI.create("ws://" + host + ":" + dialledPort);
        new Bootstrap()
                .group(LOOPS)
                .channel(NioSocketChannel.class)
                .handler(new DialInitializer(url))
                .connect(host, dialledPort)
                .addListener(_ -> {});
    }

    private final class AcceptInitializer extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel ch) {
            ch.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(8 * 1024));
            if (broken("transport.ping")) {
                ch.pipeline().addLast(new PingShield());
            }
            ch.pipeline()
                    .addLast(
                            new WebSocketServerProtocolHandler(
                                    WebSocketServerProtocolConfig.newBuilder()
                                            .websocketPath("/")
                                            .maxFramePayloadLength(1024 * 1024)
                                            .handleCloseFrames(false)
                                            .sendCloseFrame(null)
                                            .build()));
            if (!broken("transport.fragments")) {
                ch.pipeline().addLast(new WebSocketFrameAggregator(1024 * 1024));
            }
            ch.pipeline().addLast(new BrokenLink(BrokenRelay.this, ch, () -> {}));
        }
    }

    private final class DialInitializer extends ChannelInitializer<Channel> {

        private final URI url;

        DialInitializer(URI url) {
            this.url = url;
        }

        @Override
        protected void initChannel(Channel ch) {
            BrokenLink[] link = new BrokenLink[1];
            link[0] = new BrokenLink(BrokenRelay.this, ch, () -> servers.announce(link[0]));
            ch.pipeline()
                    .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(8 * 1024),
                            new WebSocketClientProtocolHandler(
                                    WebSocketClientProtocolConfig.newBuilder()
                                            .webSocketUri(url)
                                            .build()),
                            link[0]);
        }
    }
}
