package io.socp.relay.daemon;

import io.netty.channel.EventLoop;
import io.socp.relay.daemon.config.LiveSettings;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.daemon.config.SlowReaders;
import io.socp.relay.daemon.deliver.ControlLoop;
import io.socp.relay.daemon.deliver.Courier;
import io.socp.relay.daemon.deliver.FrameIntake;
import io.socp.relay.daemon.deliver.IntakeBounds;
import io.socp.relay.daemon.deliver.PeerOutboxes;
import io.socp.relay.daemon.deliver.SpoolBounds;
import io.socp.relay.daemon.deliver.WaitingRoom;
import io.socp.relay.daemon.link.LinkBounds;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.daemon.offload.CryptoPool;
import io.socp.relay.daemon.ops.RelayMetrics;
import io.socp.relay.daemon.transport.EventLoops;
import io.socp.relay.daemon.transport.LinkFactory;
import io.socp.relay.daemon.transport.PeerDialer;
import io.socp.relay.daemon.transport.TlsDial;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.identity.ServerId;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.time.Ticker;
import java.util.function.Consumer;

/** The ring of parts that know each other: courier, outboxes, control loop, factory, dialer. */
final class Mesh {

    private final PeerOutboxes outboxes;
    private final Courier courier;
    private final ControlLoop control;
    private final LinkFactory factory;
    private final PeerDialer dialer;
    private final WaitingRoom room = new WaitingRoom();
    private volatile boolean isDialling = true;

    Mesh(
            Ground ground,
            LiveSettings live,
            RelayEngine engine,
            FrameSigner signer,
            TlsDial tlsDial,
            Consumer<ServerId> assigned) {
        RelayOptions options = live.options();
        outboxes =
                new PeerOutboxes(
                        SpoolBounds.standard(options.engine().clockSkewMax()),
                        engine.peers()::provenLinkTo,
                        ground.ticker(),
                        ground.metrics(),
                        this::post);
        courier =
                new Courier(
                        ground.links(),
                        engine.dialects(),
                        outboxes,
                        signer,
                        this::dial,
                        this::post,
                        assigned);
        control =
                new ControlLoop(
                        ground.meshLoop(),
                        ground.crypto().lane(ground.meshLoop()),
                        engine.controlPlane(),
                        courier,
                        ground.ticker());
        FrameIntake.Context context =
                new FrameIntake.Context(
                        engine.dataPath(),
                        courier,
                        ground.ticker(),
                        ground.metrics(),
                        this::post,
                        options.links().malformedMax(),
                        room,
                        ground.bounds());
        factory =
                new LinkFactory(
                        options.links(),
                        new LinkBounds(
                                options.links().userQueueBytesMax(),
                                options.links().peerQueueBytesMax(),
                                () ->
                                        live.options().links().slowReaders()
                                                == SlowReaders.DROP_OLDEST,
                                ground.metrics()),
                        ground.links(),
                        new EnvelopeCodec(limits(options)),
                        ground.ticker(),
                        link -> new FrameIntake(link, ground.crypto().lane(link.loop()), context));
        dialer =
                new PeerDialer(
                        ground.loops(),
                        factory,
                        tlsDial,
                        options.engine().mesh().connectTimeout(),
                        this::post);
    }

    /** From here on the mesh loop ticks, and frames for peers go out. */
    void start(EventLoop meshLoop) {
        control.start();
        outboxes.start(meshLoop);
    }

    LinkFactory factory() {
        return factory;
    }

    PeerOutboxes outboxes() {
        return outboxes;
    }

    /** Frames that wait for users who are away. */
    int waiting() {
        return room.frames();
    }

    /** Frames that were taken and are not carried out yet. */
    long underWay() {
        return room.underWay();
    }

    /** Connects to nobody any more. */
    void stopDialling() {
        isDialling = false;
    }

    private void dial(RelayEffect.Dial dial) {
        if (isDialling) {
            dialer.dial(dial);
        }
    }

    /** Tells the control plane; from any thread. */
    void post(RelayEvent event) {
        control.post(event);
    }

    /** The threads and tables that all of a relay's parts stand on. */
    record Ground(
            EventLoops loops,
            EventLoop meshLoop,
            CryptoPool crypto,
            LinkRegistry links,
            RelayMetrics metrics,
            Ticker ticker,
            IntakeBounds bounds) {}

    private static EnvelopeLimits limits(RelayOptions options) {
        EnvelopeLimits standard = EnvelopeLimits.DEFAULT;
        return new EnvelopeLimits(
                options.links().messageBytesMax(), standard.depthMax(), standard.membersMax());
    }
}
