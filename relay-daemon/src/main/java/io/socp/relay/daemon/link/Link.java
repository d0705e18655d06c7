package io.socp.relay.daemon.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.identity.LinkId;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.TlsPeer;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection to a user or a peer. Event-loop confined to its channel's loop, but for
 * the methods that say otherwise.
 *
 * <p>Writes are flushed once for all that a turn of the loop brings. What waits to be written is
 * bounded: a reader too slow for its own traffic is cut off before it costs anyone else memory.
 */
@EventLoopConfined
public final class Link {

    private final LinkId id;
    private final Channel channel;
    private final LinkBounds bounds;
    private final RateLimiter errorBudget;
    private final Set<PauseReason> pauses = EnumSet.noneOf(PauseReason.class);
    private final OutboundQueue waiting;
    private final LinkWriter writer;
    private volatile LinkIdentity identity;
    private volatile @Nullable Arrival arrival;
    private @Nullable LinkPhase phase;
    private Supply supply = Supply.NONE;
    private Pace pace = Pace.unbounded();

    /** The other end has said goodbye: it need not read what comes now. */
    private boolean parting;

    private boolean closing;

    public Link(
            LinkId id,
            Channel channel,
            LinkIdentity identity,
            LinkBounds bounds,
            RateLimiter errorBudget) {
        this.id = id;
        this.channel = channel;
        this.identity = identity;
        this.bounds = bounds;
        this.errorBudget = errorBudget;
        this.writer = new LinkWriter(channel);
        this.waiting = new OutboundQueue(channel.eventLoop().ticker());
    }

    public LinkId id() {
        return id;
    }

    /** The loop this link belongs to; from any thread. */
    public EventLoop loop() {
        return channel.eventLoop();
    }

    /** From where the other end comes; from any thread. */
    public Arrival arrival() {
        Arrival known = arrival;
        return known == null ? new Arrival(channel.remoteAddress(), null) : known;
    }

    /** It was let in, as one from there. */
    public void arrived(Arrival from) {
        assertInLoop();
        arrival = from;
    }

    /** Who the other end is; from any thread. */
    public LinkIdentity identity() {
        return identity;
    }

    /** How many ERRORs this link may still be sent; from any thread. */
    public RateLimiter errorBudget() {
        return errorBudget;
    }

    /** Bytes that wait to be written, about; from any thread. */
    public long queuedBytes() {
        return writer.bufferedBytes() + waiting.boundedBytes();
    }

    /**
     * For how long something has been waiting to be written without a break; no frame waits longer.
     * From any thread.
     */
    public long queuedNs() {
        return waiting.busyNs();
    }

    /** Whether nothing can be written any more; what is read then counts for nothing. */
    public boolean isClosing() {
        return closing || !channel.isOpen();
    }

    /** The other end is known now. */
    public void identify(LinkIdentity newIdentity) {
        assertInLoop();
        identity = newIdentity.over(identity.tls());
        currentPhase().onIdentified(identity);
    }

    /** The TLS handshake is over, and has shown this. */
    public void secured(TlsPeer peer) {
        assertInLoop();
        identity = identity.over(peer);
    }

    /** From now on at most so many frames are written in a second; the rest waits. */
    public void keepTo(int framesPerSecond) {
        assertInLoop();
        pace = Pace.of(framesPerSecond, loop(), this::drain);
    }

    /** Users' frames for this peer come from there from now on. */
    public void takeFrom(Supply newSupply) {
        assertInLoop();
        supply = newSupply;
        drain();
    }

    /** The supply has something. */
    public void onSupplied() {
        assertInLoop();
        drain();
    }

    /** Asks the other end to say when it has read all that was written so far. */
    public void ping(long number) {
        assertInLoop();
        var _ =
                channel.writeAndFlush(
                        new PingWebSocketFrame(Unpooled.copyLong(number)), channel.voidPromise());
    }

    /**
     * The other end has answered a ping. After its goodbye an answer says nothing: what came behind
     * the goodbye was not taken.
     */
    void onPong(long number) {
        if (!parting) {
            supply.onPong(number);
        }
    }

    void onFarewell() {
        parting = true;
    }

    /** The inbox has dealt with one frame. */
    public void onFrameDone(FrameFate fate) {
        assertInLoop();
        currentPhase().onFrameDone(fate);
    }

    /** What became of a frame, as far as the link's own progress goes. */
    public enum FrameFate {
        /** It is over and done with. */
        FINISHED,
        /** The control plane decides, and will say so. */
        PENDING
    }

    /** Which handler leads the link from now on. */
    void enter(LinkPhase newPhase) {
        phase = newPhase;
    }

    /** Writes one encoded envelope; takes over the caller's reference to it. */
    public void write(ByteBuf envelope, Priority priority) {
        assertInLoop();
        if (isClosing()) {
            envelope.release();
        } else if (isNextNow()) {
            writeNow(envelope);
            cutIfTooSlow();
        } else if (priority == Priority.FILE && waiting.fileBytes() >= fileBytesMax()) {
            // Whoever reads too slowly for a file loses the file, not the link.
            envelope.release();
            bounds.slowReaders().onFileDropped();
        } else {
            waiting.add(priority, envelope);
            drain();
            cutIfTooSlow();
        }
    }

    /** Writes one of many copies; flushed in that round, if it need not wait. */
    void write(SharedFrame frame, Priority priority, BroadcastRound round) {
        assertInLoop();
        if (!isClosing() && isNextNow()) {
            writer.write(frame, round);
            pace.onWritten();
            cutIfTooSlow();
        } else {
            write(frame.envelope(), priority);
        }
    }

    /** Whether nothing that is written now would have to wait. */
    private boolean isNextNow() {
        return channel.isWritable() && waiting.isEmpty() && !pace.isHeld();
    }

    /** The same behind a replay that is under way. */
    void writeInTurn(SharedFrame frame, Priority priority, BroadcastRound round) {
        if (waiting.isReplaying()) {
            writeInTurn(frame.envelope(), priority);
        } else {
            write(frame, priority, round);
        }
    }

    /**
     * Writes one encoded envelope behind a replay that is under way: news of who comes and goes
     * must not overtake the older news in it. Takes over the caller's reference.
     */
    public void writeInTurn(ByteBuf envelope, Priority priority) {
        assertInLoop();
        if (isClosing() || !waiting.isReplaying()) {
            write(envelope, priority);
        } else {
            waiting.addBehindReplay(envelope);
            cutIfTooSlow();
        }
    }

    /**
     * Writes many encoded envelopes at the pace the other end reads; takes over the reference to
     * each. What is written meanwhile goes first, but for {@link #writeInTurn}.
     */
    public void replay(Iterable<ByteBuf> envelopes) {
        assertInLoop();
        envelopes.forEach(waiting::addReplay);
        if (isClosing()) {
            waiting.release();
        } else {
            drain();
        }
    }

    /** The channel can take more, or no more. */
    void onWritabilityChanged() {
        if (channel.isWritable()) {
            resume(PauseReason.UNREAD_WRITES);
            drain();
        } else if (!(identity instanceof LinkIdentity.Server)) {
            // Two servers that both wait for the other to read first would wait for ever.
            pause(PauseReason.UNREAD_WRITES);
        }
    }

    public void pause(PauseReason reason) {
        assertInLoop();
        pauses.add(reason);
        if (!closing) {
            channel.config().setAutoRead(false);
        }
    }

    /** Whether we read nothing from the other end at this time. */
    boolean isPaused() {
        return !pauses.isEmpty();
    }

    public void resume(PauseReason reason) {
        assertInLoop();
        if (pauses.remove(reason) && pauses.isEmpty()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Reads nothing for so long. */
    public void rest(long durationNs) {
        if (!pauses.contains(PauseReason.RATE)) {
            pause(PauseReason.RATE);
            Runnable end = () -> resume(PauseReason.RATE);
            var _ = loop().schedule(end, durationNs, TimeUnit.NANOSECONDS);
        }
    }

    /** Says why, once what was written before is through, and closes. */
    public void close(CloseReason reason, String text) {
        assertInLoop();
        if (closing) {
            return;
        }
        closing = true;
        writer.passOn();
        for (ByteBuf frame = waiting.poll(); frame != null; frame = waiting.poll()) {
            writeNow(frame);
        }
        ClosingHandshake.begin(channel, identity instanceof LinkIdentity.Server, reason, text);
    }

    /** Closes as above, but behind all that the other end has said so far. */
    public void part(CloseReason reason, String text) {
        assertInLoop();
        currentPhase().onPart(() -> close(reason, text));
    }

    /** The channel is gone: lets go of what was never written. */
    void onClosed() {
        closing = true;
        waiting.release();
        supply.onClosed();
    }

    private LinkPhase currentPhase() {
        LinkPhase current = phase;
        if (current == null) {
            throw new IllegalStateException(id + " has no handler yet");
        }
        return current;
    }

    private void drain() {
        while (channel.isWritable() && !closing && !pace.isHeld()) {
            ByteBuf next = next();
            if (next == null) {
                return;
            }
            writeNow(next);
        }
    }

    /** What waits here and what users supply, in one order of urgency. */
    private @Nullable ByteBuf next() {
        ByteBuf next = waiting.pollUrgent();
        if (next == null && pace.isForOthers()) {
            next = waiting.poll();
        }
        if (next == null && !parting) {
            next = supply.next(Priority.DIRECT);
        }
        if (next == null) {
            next = waiting.poll();
        }
        return next == null && !parting ? supply.next(Priority.FILE) : next;
    }

    private void writeNow(ByteBuf envelope) {
        writer.write(envelope);
        pace.onWritten();
    }

    /** Whoever reads too slowly costs itself something: old messages to all, or the link. */
    private void cutIfTooSlow() {
        if (isTooSlow() && bounds.dropsOldest(identity)) {
            int dropped = waiting.dropOldestPublic(queuedBytes() - queueBytesMax());
            bounds.slowReaders().onPublicDropped(dropped);
        }
        if (isTooSlow()) {
            bounds.slowReaders().onSlowReader(identity);
            waiting.release();
            close(CloseReason.POLICY, "reads too slowly");
        }
    }

    private boolean isTooSlow() {
        return queuedBytes() > queueBytesMax();
    }

    /** Files may take half of the room, so that they alone never get a link cut. */
    private long fileBytesMax() {
        return queueBytesMax() / 2;
    }

    private long queueBytesMax() {
        return bounds.queueBytesMax(identity);
    }

    private void assertInLoop() {
        if (!channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("called off the loop of " + id);
        }
    }
}
