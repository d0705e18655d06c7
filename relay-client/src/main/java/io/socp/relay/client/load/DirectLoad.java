package io.socp.relay.client.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.socp.relay.client.ClientVersion;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.session.SocketTransport;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SessionMessage.UserHello;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of direct messages through a relay, in a closed loop: each sender has a fixed number
 * under way and sends the next when one arrives. Used by one thread, once; the connections share
 * one event loop.
 */
public final class DirectLoad {

    private static final int FRAME_BYTES_MAX = 1024 * 1024;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

    private final DirectLoadOptions options;
    private final IdentityKey key;
    private final SignedPayloads payloads;
    private final LoadMeter meter = new LoadMeter();
    private final List<LoadPair> pairs = new ArrayList<>();
    private final List<Channel> senders = new ArrayList<>();

    /** Of the hello's payload, which is the same for all users; made at the first. */
    private @Nullable String helloSig;

    private DirectLoad(DirectLoadOptions options, IdentityKey key) {
        this.options = options;
        this.key = key;
        this.payloads = SignedPayloads.create(options.payloads(), options.textBytes(), key);
    }

    /**
     * Runs and measures.
     *
     * @param key the key of all users; making one for each would take longer than the run
     * @param relayPid the relay's process on this machine, where known
     * @throws IOException when the relay cannot be reached or stops answering
     */
    public static DirectLoadResult run(
            DirectLoadOptions options, IdentityKey key, OptionalLong relayPid)
            throws IOException, InterruptedException {
        DirectLoad load = new DirectLoad(options, key);
        EventLoopGroup loop = SocketTransport.chosen().newEventLoops(1, "socp-load");
        try {
            load.connect(loop);
            return load.measure(loop, relayPid);
        } finally {
            loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).await();
        }
    }

    private void connect(EventLoopGroup loop) throws IOException {
        for (int number = 0; number < options.pairs(); number++) {
            LoadPair pair = new LoadPair(payloads, number * 31, meter);
            joined(
                    user(
                            loop,
                            pair.recipient(),
                            frame -> onRecipientFrame(pair, frame),
                            pair::flush));
            senders.add(
                    joined(
                            user(
                                    loop,
                                    pair.sender(),
                                    frame -> onSenderFrame(pair, frame),
                                    pair::flush)));
            pairs.add(pair);
        }
    }

    private static void onRecipientFrame(LoadPair pair, byte[] frame) {
        if (LoadConnection.isOfType(frame, MessageType.USER_DELIVER.name())) {
            pair.onDelivered(SignedPayloads.tsOf(frame));
        }
    }

    private static void onSenderFrame(LoadPair pair, byte[] frame) {
        if (LoadConnection.isOfType(frame, MessageType.ERROR.name())) {
            pair.onRefused(new String(frame, StandardCharsets.UTF_8));
        }
    }

    private DirectLoadResult measure(EventLoopGroup loop, OptionalLong relayPid)
            throws IOException, InterruptedException {
        onLoop(
                loop,
                () -> {
                    for (int i = 0; i < pairs.size(); i++) {
                        pairs.get(i).start(senders.get(i), options.window());
                    }
                });
        TimeUnit.NANOSECONDS.sleep(options.warmUp().toNanos());
        ProcessCpu cpu = relayPid.isPresent() ? new ProcessCpu(relayPid.getAsLong()) : null;
        onLoop(loop, meter::startMeasuring);
        long startNs = System.nanoTime();
        double cpuBefore = seconds(cpu);
        TimeUnit.NANOSECONDS.sleep(options.duration().toNanos());
        onLoop(loop, meter::stop);
        double cpuUsed = seconds(cpu) - cpuBefore;
        double seconds = (System.nanoTime() - startNs) / 1e9;
        if (meter.messages() == 0) {
            String complaint = meter.complaint();
            throw new IOException(
                    "no message has arrived"
                            + (complaint == null
                                    ? ""
                                    : "; last: " + LoadConnection.shortened(complaint)));
        }
        return new DirectLoadResult(
                meter.messages(), meter.errors(), seconds, meter.latency(), cpuUsed);
    }

    private static double seconds(@Nullable ProcessCpu cpu) throws IOException {
        return cpu == null ? Double.NaN : cpu.seconds();
    }

    /** Runs on the loop and waits, which also makes what the loop wrote visible here. */
    private static void onLoop(EventLoopGroup loop, Runnable task) throws InterruptedException {
        loop.next().submit(task).sync();
    }

    private CompletableFuture<Channel> user(
            EventLoopGroup loop, UserId id, Consumer<byte[]> frames, Runnable batchEnd) {
        LoadConnection user = new LoadConnection(hello(id), frames, batchEnd);
        new Bootstrap()
                .group(loop)
                .channel(SocketTransport.chosen().channelClass())
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel ch) {
                                initialise(ch, user);
                            }
                        })
                .connect(options.server().getHost(), options.server().getPort())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        user.welcomed().completeExceptionally(connected.cause());
                    }
                });
        return user.welcomed();
    }

    private void initialise(Channel ch, LoadConnection user) {
        ch.pipeline()
                .addLast("http-codec", new HttpClientCodec())
                .addLast("http-aggregator", new HttpObjectAggregator(8 * 1024))
                .addLast(
                        "websocket",
                        new WebSocketClientProtocolHandler(
                                WebSocketClientProtocolConfig.newBuilder()
                                        .webSocketUri(options.server())
                                        .maxFramePayloadLength(FRAME_BYTES_MAX)
                                        .withUTF8Validator(false)
                                        .build()))
                .addLast("load", user);
    }

    /** Asks the relay not to tell of everybody's coming and going. */
    private byte[] hello(UserId user) {
        JsonObject extensions = JsonObject.builder().put("v", 1).put("presence", "ask").build();
        Payload payload =
                PayloadWriter.payload(
                        new UserHello(
                                user,
                                "socp-bench/" + ClientVersion.VERSION,
                                key.publicKey(),
                                key.publicKey(),
                                null,
                                extensions));
        String sig = helloSig == null ? new Sealer(user, key).transportSig(payload) : helloSig;
        helloSig = sig;
        long ts = System.currentTimeMillis();
        return Envelope.of("USER_HELLO", user.value(), "*", ts, payload, sig).bytes();
    }

    private static Channel joined(CompletableFuture<Channel> user) throws IOException {
        try {
            return user.orTimeout(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new IOException("cannot say hello: " + cause.getMessage(), cause);
        }
    }
}
