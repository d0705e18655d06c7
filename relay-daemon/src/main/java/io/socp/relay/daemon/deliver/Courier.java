package io.socp.relay.daemon.deliver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.daemon.link.SharedFrame;
import io.socp.relay.daemon.link.UserLinks;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.Notice;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.sign.Priority;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Carries out what the engine wants done. Thread-safe: each effect is handed to the loop that owns
 * what it touches, in the order in which effects come from one thread.
 *
 * <p>In two steps. {@link #prepare} makes a frame's bytes, which may cost an RSA signature, and
 * belongs on a worker; {@link #carryOut} then costs only writes.
 */
@ThreadSafe
public final class Courier {

    private static final Logger LOG = LoggerFactory.getLogger("io.socp.relay.operator");

    private final LinkRegistry links;
    private final LinkDialects dialects;
    private final PeerOutboxes outboxes;
    private final FrameSigner signer;
    private final Consumer<RelayEffect.Dial> dialer;
    private final Consumer<RelayEvent> control;
    private final Consumer<ServerId> renamer;

    /**
     * A courier to these links.
     *
     * @param dialer opens a connection
     * @param control tells the control plane
     * @param renamer starts the relay anew under another id
     */
    public Courier(
            LinkRegistry links,
            LinkDialects dialects,
            PeerOutboxes outboxes,
            FrameSigner signer,
            Consumer<RelayEffect.Dial> dialer,
            Consumer<RelayEvent> control,
            Consumer<ServerId> renamer) {
        this.links = links;
        this.dialects = dialects;
        this.outboxes = outboxes;
        this.signer = signer;
        this.dialer = dialer;
        this.control = control;
        this.renamer = renamer;
    }

    /** Makes the bytes of all frames in {@code effects} as their readers want; on a worker. */
    void prepare(List<RelayEffect> effects) {
        for (RelayEffect effect : effects) {
            Set<FrameProof> proofs = proofsOf(effect);
            for (OutboundFrame frame : Errand.frames(effect)) {
                proofs.forEach(proof -> frame.bytes(proof, signer));
            }
        }
    }

    /**
     * Whether carrying them out costs no RSA even without {@link #prepare}: every frame is made, or
     * goes out on links that prove it.
     */
    boolean isReady(List<RelayEffect> effects) {
        for (RelayEffect effect : effects) {
            if (!isReady(effect)) {
                return false;
            }
        }
        return true;
    }

    private boolean isReady(RelayEffect effect) {
        if (effect instanceof RelayEffect.HandOver(LinkId to, OutboundFrame frame, _)) {
            // Nearly all that is asked about, so without a collection.
            Link link = links.find(to);
            return link == null || frame.isMade() || !frame.isSignedFor(link.identity().frames());
        }
        Set<FrameProof> proofs = proofsOf(effect);
        return Errand.frames(effect).stream()
                .allMatch(frame -> frame.isMade() || proofs.stream().noneMatch(frame::isSignedFor));
    }

    /**
     * What proves frames to those who read them. A link may come to prove them until they are
     * written, and never ceases to: so none that is needed then is still without its signature.
     */
    private Set<FrameProof> proofsOf(RelayEffect effect) {
        return switch (effect) {
            case RelayEffect.Send(List<LinkId> to, _) -> proofsOn(to);
            case RelayEffect.SendError(LinkId to, _) -> proofsOn(List.of(to));
            case RelayEffect.HandOver(LinkId to, _, _) -> proofsOn(List.of(to));
            case RelayEffect.Replay(LinkId to, _) -> proofsOn(List.of(to));
            // Made once for all of them, or kept for links to come.
            case RelayEffect.SendToUsers _, RelayEffect.Convey _ -> Set.of(FrameProof.SIGNATURE);
            case RelayEffect.Identify _,
                    RelayEffect.Close _,
                    RelayEffect.Part _,
                    RelayEffect.Dial _,
                    RelayEffect.Rename _,
                    RelayEffect.Post _,
                    RelayEffect.Report _ ->
                    Set.of();
        };
    }

    private Set<FrameProof> proofsOn(List<LinkId> ids) {
        Set<FrameProof> proofs = EnumSet.noneOf(FrameProof.class);
        for (LinkId id : ids) {
            Link link = links.find(id);
            if (link != null) {
                proofs.add(link.identity().frames());
            }
        }
        return proofs;
    }

    /** One of a link's two ways of writing. */
    private enum LinkWrite {
        AT_ONCE {
            @Override
            void write(Link link, ByteBuf envelope, Priority priority) {
                link.write(envelope, priority);
            }

            @Override
            void share(UserLinks users, Link link, SharedFrame frame, Priority priority) {
                users.write(link, frame, priority);
            }
        },
        IN_TURN {
            @Override
            void write(Link link, ByteBuf envelope, Priority priority) {
                link.writeInTurn(envelope, priority);
            }

            @Override
            void share(UserLinks users, Link link, SharedFrame frame, Priority priority) {
                users.writeInTurn(link, frame, priority);
            }
        };

        abstract void write(Link link, ByteBuf envelope, Priority priority);

        abstract void share(UserLinks users, Link link, SharedFrame frame, Priority priority);
    }

    /** Carries out a frame's effects, whose own frames are made. */
    void carryOut(List<RelayEffect> effects) {
        carryOut(effects, LinkWrite.AT_ONCE, null);
    }

    /** The same for a frame that was read then. */
    void carryOut(List<RelayEffect> effects, Moment readAt) {
        carryOut(effects, LinkWrite.AT_ONCE, readAt);
    }

    /** Runs the task on the link's loop when what was just written there has been flushed. */
    void onceFlushed(LinkId id, Runnable task) {
        Link link = links.find(id);
        if (link != null) {
            try {
                // The write, perhaps; behind it, the flush that it asks for; behind that, the task.
                link.loop().execute(() -> link.loop().execute(task));
            } catch (RejectedExecutionException stopped) {
                // Nothing is flushed any more.
            }
        }
    }

    /** Carries out the control plane's effects: its news keep their order behind a replay. */
    void carryOutInTurn(List<RelayEffect> effects) {
        carryOut(effects, LinkWrite.IN_TURN, null);
    }

    private void carryOut(List<RelayEffect> effects, LinkWrite write, @Nullable Moment readAt) {
        for (RelayEffect effect : effects) {
            try {
                carryOut(effect, write, readAt);
            } catch (RuntimeException bug) {
                // The effects behind it concern other links.
                LOG.error("{} was not carried out", effect.getClass().getSimpleName(), bug);
            }
        }
    }

    private void carryOut(RelayEffect effect, LinkWrite write, @Nullable Moment readAt) {
        switch (effect) {
            case RelayEffect.Send(List<LinkId> to, OutboundFrame frame) -> send(to, frame, write);
            case RelayEffect.SendError(LinkId to, OutboundFrame frame) ->
                    send(List.of(to), frame, write);
            case RelayEffect.HandOver handOver -> handOver(handOver, write);
            case RelayEffect.Convey convey ->
                    outboxes.offer(convey, convey.frame().bytes(signer), readAt);
            case RelayEffect.Replay(LinkId to, List<OutboundFrame> frames) ->
                    on(to, link -> link.replay(frames.stream().map(f -> wrap(f, link)).toList()));
            case RelayEffect.SendToUsers(Audience to, LinkId except, FrameVersions frame) ->
                    broadcast(to, except, frame, write);
            case RelayEffect.Identify(LinkId id, LinkIdentity identity) ->
                    on(id, link -> identify(link, identity));
            case RelayEffect.Close close ->
                    on(close.link(), link -> link.close(close.reason(), close.text()));
            case RelayEffect.Part part ->
                    on(part.link(), link -> link.part(part.reason(), part.text()));
            case RelayEffect.Dial dial -> dialer.accept(dial);
            case RelayEffect.Rename(ServerId id) -> renamer.accept(id);
            case RelayEffect.Post(RelayEvent event) -> control.accept(event);
            case RelayEffect.Report(Notice notice) -> report(notice);
        }
    }

    private void identify(Link link, LinkIdentity identity) {
        if (link.isClosing()) {
            return;
        }
        if (identity instanceof LinkIdentity.User) {
            links.addUser(link);
        }
        link.identify(identity);
        if (identity instanceof LinkIdentity.Server server) {
            dialects.ofPeer(link.id()).framesPerSecondMax().ifPresent(link::keepTo);
            outboxes.attach(server.server(), link);
        }
    }

    private void send(List<LinkId> to, OutboundFrame frame, LinkWrite write) {
        if (to.size() == 1) {
            on(to.getFirst(), link -> write.write(link, wrap(frame, link), frame.priority()));
        } else {
            Map<FrameProof, ByteBuf> shared = new EnumMap<>(FrameProof.class);
            for (LinkId id : to) {
                Link reader = links.find(id);
                if (reader != null) {
                    ByteBuf copy =
                            shared.computeIfAbsent(
                                            reader.identity().frames(),
                                            proof -> encode(frame, proof))
                                    .retainedDuplicate();
                    if (!on(id, link -> write.write(link, copy, frame.priority()))) {
                        copy.release();
                    }
                }
            }
            shared.values().forEach(ByteBuf::release);
        }
    }

    /** Whoever leaves takes nothing more: then its author is told. */
    private void handOver(RelayEffect.HandOver handOver, LinkWrite write) {
        OutboundFrame frame = handOver.frame();
        boolean found =
                on(
                        handOver.link(),
                        link -> {
                            if (link.isClosing()) {
                                undelivered(handOver.complaint());
                            } else {
                                write.write(link, wrap(frame, link), frame.priority());
                            }
                        });
        if (!found) {
            undelivered(handOver.complaint());
        }
    }

    private void undelivered(@Nullable Complaint complaint) {
        outboxes.onLeft();
        if (complaint != null) {
            control.accept(new RelayEvent.Undelivered(complaint));
        }
    }

    private void broadcast(Audience audience, LinkId except, FrameVersions frame, LinkWrite write) {
        links.onEachLoop(users -> {
            if (users.all().isEmpty()) {
                return;
            }
            EncodedVersions encoded =
                    new EncodedVersions(frame, each -> users.share(each.bytes(signer)));
            for (Link link : users.all()) {
                if (!link.id().equals(except) && hears(link, audience)) {
                    SharedFrame version =
                            encoded.isUniform()
                                    ? encoded.standard()
                                    : encoded.in(dialects.of(link.id()));
                    write.share(users, link, version, frame.standard().priority());
                }
            }
        });
    }

    private static boolean hears(Link link, Audience audience) {
        return switch (audience) {
            case EVERYONE -> true;
            case PRESENCE_FEED ->
                    link.identity() instanceof LinkIdentity.User user
                            && user.presence() == PresenceFeed.PUSHED;
        };
    }

    /** Runs {@code task} on the link's loop; false when the link or the loop is gone. */
    private boolean on(LinkId id, Consumer<Link> task) {
        Link link = links.find(id);
        if (link == null) {
            return false;
        }
        if (link.loop().inEventLoop()) {
            task.accept(link);
            return true;
        }
        try {
            link.loop().execute(() -> task.accept(link));
            return true;
        } catch (RejectedExecutionException stopped) {
            return false;
        }
    }

    /** For one reader: the array itself. */
    private ByteBuf wrap(OutboundFrame frame, Link reader) {
        return Unpooled.wrappedBuffer(frame.bytes(reader.identity().frames(), signer));
    }

    /** For many readers: copied once to where the socket can read it, instead of once for each. */
    private ByteBuf encode(OutboundFrame frame, FrameProof proof) {
        byte[] bytes = frame.bytes(proof, signer);
        return ByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
    }

    /** As a sentence, and each field by itself for logs that machines read. */
    private void report(Notice notice) {
        LoggingEventBuilder line =
                switch (notice.severity()) {
                    case INFO -> LOG.atInfo();
                    case WARN -> LOG.atWarn();
                };
        for (Notice.Field field : notice.fields()) {
            line = line.addArgument(field.value()).addKeyValue(field.name(), field.value());
            if (field.value() instanceof LinkId id) {
                Link link = links.find(id);
                line =
                        link == null
                                ? line
                                : line.addKeyValue(
                                        "address", String.valueOf(link.arrival().remote()));
            }
        }
        line.log(notice.pattern());
    }
}
