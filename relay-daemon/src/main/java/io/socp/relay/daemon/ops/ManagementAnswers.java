package io.socp.relay.daemon.ops;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one request and closes. Thread-safe: shared by all connections.
 *
 * <p>Whether the relay lives and is ready, anyone may ask: probes carry no secrets. The rest wants
 * {@link Access}.
 */
@Sharable
@ThreadSafe
final class ManagementAnswers extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(ManagementAnswers.class);

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON = "application/json";

    /** Who gives an order, for the audit log. */
    private static final String OPERATOR = "Socp-Operator";

    private final RelayMetrics metrics;
    private final LoopPulse pulse;
    private final Readiness readiness;
    private final Inventory inventory;
    private final Orders orders;
    private final Traces traces;
    private final Supplier<Access> access;

    ManagementAnswers(
            RelayMetrics metrics,
            LoopPulse pulse,
            Readiness readiness,
            Inventory inventory,
            Orders orders,
            Traces traces,
            Supplier<Access> access) {
        super(FullHttpRequest.class);
        this.metrics = metrics;
        this.pulse = pulse;
        this.readiness = readiness;
        this.inventory = inventory;
        this.orders = orders;
        this.traces = traces;
        this.access = access;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        String remote = String.valueOf(ctx.channel().remoteAddress());
        if (Orders.isSlow(new QueryStringDecoder(request.uri()).rawPath())) {
            // It reads nothing of the request but its head, which is nobody else's.
            Thread.ofVirtual().name("order").start(() -> answer(ctx, request, remote));
        } else {
            answer(ctx, request, remote);
        }
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest request, String remote) {
        ctx.writeAndFlush(answer(request, remote)).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("{} closed: {}", ctx.channel(), cause.toString());
        } else {
            LOG.warn("{} closed", ctx.channel(), cause);
        }
        var _ = ctx.close();
    }

    private FullHttpResponse answer(FullHttpRequest request, String remote) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        if (!access.get().isForUs(request.headers().get(HttpHeaderNames.HOST))) {
            return text(HttpResponseStatus.MISDIRECTED_REQUEST, "not the name of this machine\n");
        }
        if (request.method().equals(HttpMethod.POST)) {
            return order(request, uri, remote);
        }
        if (!request.method().equals(HttpMethod.GET)) {
            return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET or POST\n");
        }
        return switch (uri.rawPath()) {
            case "/livez" ->
                    pulse.isAlive()
                            ? text(HttpResponseStatus.OK, "ok\n")
                            : text(
                                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                                    "an event loop stands still\n");
            case "/readyz" ->
                    readiness.state() == Readiness.State.READY
                            ? text(HttpResponseStatus.OK, "ok\n")
                            : text(
                                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                                    readiness.state() + "\n");
            default ->
                    access.get().allows(request.headers().get(HttpHeaderNames.AUTHORIZATION))
                            ? answerOperator(uri, operator(request) + " at " + remote)
                            : unauthorized();
        };
    }

    private FullHttpResponse answerOperator(QueryStringDecoder uri, String by) {
        try {
            if (uri.rawPath().startsWith(Traces.PATH)) {
                return json(traces.answer(uri.rawPath().substring(Traces.PATH.length()), by));
            }
            return switch (uri.rawPath()) {
                case "/metrics" ->
                        response(HttpResponseStatus.OK, PROMETHEUS, bytes(metrics.scrape()));
                case "/healthz" -> health();
                case "/api/v1/bans" -> json("bans", orders.bans());
                case "/api/v1/status" -> json(inventory.status());
                case "/api/v1/peers" -> json("peers", inventory.peers());
                case "/api/v1/users" ->
                        json(
                                "users",
                                inventory.users(
                                        parameter(uri, "after", ""), number(uri, "limit", 100)));
                case "/api/v1/links" ->
                        json(
                                "links",
                                inventory.links(
                                        number(uri, "after", 0), number(uri, "limit", 100)));
                default -> text(HttpResponseStatus.NOT_FOUND, "not found\n");
            };
        } catch (IllegalArgumentException malformed) {
            return text(HttpResponseStatus.BAD_REQUEST, malformed.getMessage() + "\n");
        }
    }

    /**
     * An order must name who gives it, in a header that a web page cannot set on a request to us: a
     * browser on the operator's machine reaches the port, too.
     */
    private FullHttpResponse order(FullHttpRequest request, QueryStringDecoder uri, String remote) {
        if (!access.get().allows(request.headers().get(HttpHeaderNames.AUTHORIZATION))) {
            return unauthorized();
        }
        String operator = operator(request);
        if (operator.isEmpty()) {
            return text(HttpResponseStatus.FORBIDDEN, "the header " + OPERATOR + " is missing\n");
        }
        try {
            JsonObject done = orders.carryOut(uri, operator + " at " + remote);
            return done == null ? text(HttpResponseStatus.NOT_FOUND, "not found\n") : json(done);
        } catch (IllegalArgumentException malformed) {
            return text(HttpResponseStatus.BAD_REQUEST, malformed.getMessage() + "\n");
        } catch (IOException failed) {
            LOG.warn("{} by {} failed", uri.rawPath(), operator, failed);
            return text(HttpResponseStatus.INTERNAL_SERVER_ERROR, failed.getMessage() + "\n");
        }
    }

    /** Who asks, as he says; empty where he does not. */
    private static String operator(FullHttpRequest request) {
        String operator = request.headers().get(OPERATOR);
        return operator == null ? "" : operator.strip();
    }

    private FullHttpResponse health() {
        List<JsonValue> reasons =
                inventory.complaints(pulse).<JsonValue>map(JsonText::new).toList();
        JsonObject document =
                JsonObject.builder()
                        .put("healthy", reasons.isEmpty())
                        .put("reasons", new JsonArray(reasons))
                        .build();
        return response(
                reasons.isEmpty() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                JSON,
                Payload.of(document).canonical());
    }

    private static String parameter(QueryStringDecoder uri, String name, String standard) {
        List<String> values = uri.parameters().get(name);
        return values == null || values.isEmpty() ? standard : values.getLast();
    }

    private static int number(QueryStringDecoder uri, String name, int standard) {
        String text = parameter(uri, name, String.valueOf(standard));
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            // Said below, with the negative ones.
        }
        throw new IllegalArgumentException(name + " must be a number from 0 on, not " + text);
    }

    private static FullHttpResponse unauthorized() {
        FullHttpResponse response =
                text(HttpResponseStatus.UNAUTHORIZED, "the management token is wanted\n");
        response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        return response;
    }

    private static FullHttpResponse json(String name, JsonArray rows) {
        return json(JsonObject.builder().put(name, rows).build());
    }

    private static FullHttpResponse json(JsonObject document) {
        return response(HttpResponseStatus.OK, JSON, Payload.of(document).canonical());
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
        return response(status, TEXT, bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static FullHttpResponse response(
            HttpResponseStatus status, String contentType, byte[] body) {
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
