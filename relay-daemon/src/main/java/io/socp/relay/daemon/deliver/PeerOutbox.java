package io.socp.relay.daemon.deliver;

import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Users' frames for one peer, whether a link to it is up or not. Thread-safe: one short lock, under
 * which no other is taken and nobody is called.
 *
 * <p>A frame counts against the bounds until the peer has confirmed it. It is in one of two places:
 * here, or with the line that has written it; a line that ends hands back what was not confirmed,
 * which then goes out first, in the old order. So no frame is lost with a link, and those that had
 * arrived are duplicates to the peer. One line at a time is given frames, since two would race: the
 * one whose link is preferred at this time.
 */
@ThreadSafe
final class PeerOutbox {

    private final SpoolBounds bounds;
    private final Supplier<@Nullable LinkId> preferred;

    /** Bytes of all peers' frames together. */
    private final AtomicLong totalBytes;

    private final Map<Priority, Deque<Parcel>> waiting = new EnumMap<>(Priority.class);

    private final List<Line> lines = new ArrayList<>();

    private @Nullable Line active;
    private boolean hadLine;
    private boolean retired;
    private int frames;
    private long bytes;
    private long fileBytes;

    /** No frame that waits has an earlier deadline. */
    private long earliestNs;

    /** A link to the peer; told from any thread. */
    interface Line {

        /** Frames may be taken. */
        void wake();

        /** This line is the one to take frames now, after another. */
        void takeOver();

        /** Another line is preferred: this one shall {@link #handOver}. */
        void giveWay();

        /** The line's link. */
        LinkId link();

        /** Whether the link proves its frames, so that they need no signature. */
        default boolean provesFrames() {
            return false;
        }
    }

    /** What became of an offer. */
    enum Offer {
        /** The frame will be brought, or given up at its deadline. */
        TAKEN,
        /** No room. */
        NO_ROOM,
        /** No room for another piece of a file. */
        NO_ROOM_FOR_FILE,
        /** This outbox is no longer in use. */
        RETIRED
    }

    PeerOutbox(SpoolBounds bounds, AtomicLong totalBytes, Supplier<@Nullable LinkId> preferred) {
        this.bounds = bounds;
        this.preferred = preferred;
        this.totalBytes = totalBytes;
        for (Priority priority : Priority.values()) {
            waiting.put(priority, new ArrayDeque<>(0));
        }
    }

    Offer offer(Parcel parcel) {
        Line line;
        synchronized (this) {
            if (retired) {
                return Offer.RETIRED;
            }
            if (frames >= bounds.framesMax() || bytes + parcel.cost() > bounds.bytesMax()) {
                return Offer.NO_ROOM;
            }
            if (parcel.isFile() && fileBytes + parcel.cost() > bounds.fileBytesMax()) {
                return Offer.NO_ROOM_FOR_FILE;
            }
            if (totalBytes.addAndGet(parcel.cost()) > bounds.totalBytesMax()) {
                totalBytes.addAndGet(-parcel.cost());
                return Offer.NO_ROOM;
            }
            frames++;
            bytes += parcel.cost();
            fileBytes += parcel.isFile() ? parcel.cost() : 0;
            enqueue(parcel, false);
            line = active;
        }
        if (line == null) {
            choose();
        } else {
            line.wake();
        }
        return Offer.TAKEN;
    }

    /**
     * A link is up, perhaps a claim that takes nothing yet; false when this outbox is no longer in
     * use.
     */
    boolean attach(Line line) {
        synchronized (this) {
            if (retired) {
                return false;
            }
            lines.add(line);
        }
        choose();
        return true;
    }

    /** Sees to it that the preferred link is the one in use. */
    void choose() {
        Line former;
        Line chosen;
        boolean isFirst;
        synchronized (this) {
            former = active;
            chosen = preferredLine();
            if (chosen == null || chosen.equals(former)) {
                return;
            }
            isFirst = !hadLine;
            if (former == null) {
                active = chosen;
                hadLine = true;
            }
        }
        if (former != null) {
            former.giveWay();
        } else if (isFirst) {
            chosen.wake();
        } else {
            chosen.takeOver();
        }
    }

    /** The most urgent frame if it is at least so urgent; the line has it from now on. */
    synchronized @Nullable Parcel take(Line line, Priority least) {
        if (!line.equals(active)) {
            return null;
        }
        for (Map.Entry<Priority, Deque<Parcel>> entry : waiting.entrySet()) {
            if (entry.getKey().compareTo(least) > 0) {
                return null;
            }
            Parcel parcel = entry.getValue().peek();
            if (parcel != null && parcel.needs() == FrameProof.LINK && !line.provesFrames()) {
                // A better line is about to take over: what is unsigned goes on no other.
                return null;
            }
            if (parcel != null) {
                return entry.getValue().remove();
            }
        }
        return null;
    }

    /** The peer has these. */
    synchronized void confirm(Iterable<Parcel> arrived) {
        arrived.forEach(this::release);
    }

    /** The line has ended; what it had written and was not confirmed, oldest first. */
    void detach(Line line, Deque<Parcel> unconfirmed) {
        synchronized (this) {
            handBack(unconfirmed);
            lines.remove(line);
            if (line.equals(active)) {
                active = null;
            }
        }
        choose();
    }

    /**
     * Another line takes over, and all that was not confirmed goes there; nothing changes where
     * none is preferred any more.
     *
     * @return whether the line has handed over its frames
     */
    boolean handOver(Line line, Deque<Parcel> unconfirmed) {
        Line next;
        synchronized (this) {
            next = preferredLine();
            if (!line.equals(active) || next == null || next.equals(line)) {
                return false;
            }
            handBack(unconfirmed);
            active = next;
        }
        next.takeOver();
        return true;
    }

    /** Gives up the frames that have waited for too long. */
    synchronized List<Parcel> expire(long nowNs) {
        List<Parcel> expired = new ArrayList<>();
        if (nowNs - earliestNs < 0) {
            return expired;
        }
        long nextNs = Long.MAX_VALUE;
        boolean isEmpty = true;
        for (Deque<Parcel> queue : waiting.values()) {
            for (Iterator<Parcel> all = queue.iterator(); all.hasNext(); ) {
                Parcel parcel = all.next();
                if (parcel.deadlineNs() - nowNs <= 0) {
                    all.remove();
                    release(parcel);
                    expired.add(parcel);
                } else {
                    nextNs = isEmpty ? parcel.deadlineNs() : Math.min(nextNs, parcel.deadlineNs());
                    isEmpty = false;
                }
            }
        }
        earliestNs = isEmpty ? nowNs : nextNs;
        return expired;
    }

    /** Ends the use of this outbox where nothing is in it and no link is up; whether it has. */
    synchronized boolean retireIfIdle() {
        retired = lines.isEmpty() && frames == 0;
        return retired;
    }

    /** Frames not confirmed. */
    synchronized int frames() {
        return frames;
    }

    /** Bytes of the frames not confirmed, about. */
    synchronized long bytes() {
        return bytes;
    }

    /** For how long the oldest frame that waits to be written has been on its way; 0 for none. */
    synchronized long oldestWaitNs(long nowNs) {
        long longestNs = 0;
        for (Deque<Parcel> queue : waiting.values()) {
            Parcel oldest = queue.peek();
            longestNs = oldest == null ? longestNs : Math.max(longestNs, nowNs - oldest.sinceNs());
        }
        return longestNs;
    }

    private @Nullable Line preferredLine() {
        LinkId wanted = preferred.get();
        for (Line line : lines) {
            if (line.link().equals(wanted)) {
                return line;
            }
        }
        return null;
    }

    private void handBack(Deque<Parcel> unconfirmed) {
        unconfirmed
                .descendingIterator()
                .forEachRemaining(parcel -> enqueue(parcel.inDoubt(), true));
    }

    private void enqueue(Parcel parcel, boolean first) {
        Deque<Parcel> queue = waiting.get(parcel.priority());
        if (queue == null) {
            throw new IllegalStateException("no queue for " + parcel.priority());
        }
        if (first) {
            queue.addFirst(parcel);
        } else {
            queue.addLast(parcel);
        }
        earliestNs = parcel.deadlineNs() - earliestNs < 0 ? parcel.deadlineNs() : earliestNs;
    }

    private void release(Parcel parcel) {
        frames--;
        bytes -= parcel.cost();
        fileBytes -= parcel.isFile() ? parcel.cost() : 0;
        totalBytes.addAndGet(-parcel.cost());
    }
}
