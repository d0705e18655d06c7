package io.socp.relay.daemon.offload;

import io.socp.relay.ownership.ThreadSafe;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that wait for a worker, each at most once: first those with talk in them, then those
 * with pieces of files alone, each kind in the order it came. Thread-safe by one lock.
 *
 * <p>Files are not forgotten over talk: of {@value #TURNS} turns one is theirs.
 */
@ThreadSafe
final class WaitingLanes implements Lane.Workers {

    /** Of so many lanes taken in a row at least one has files alone, where one waits. */
    static final int TURNS = 8;

    private final Queue<Lane> talk = new ArrayDeque<>();
    private final Set<Lane> files = new LinkedHashSet<>();
    private int talksInRow;

    @Override
    public synchronized void add(Lane lane) {
        if (lane.hasTalk()) {
            talk.add(lane);
        } else {
            files.add(lane);
        }
        notify();
    }

    @Override
    public synchronized void urge(Lane lane) {
        if (files.remove(lane)) {
            talk.add(lane);
        }
    }

    /** The next lane; waits for one. */
    synchronized Lane take() throws InterruptedException {
        Lane next = poll();
        while (next == null) {
            wait();
            next = poll();
        }
        return next;
    }

    /** The next lane; null when none waits. */
    synchronized @Nullable Lane poll() {
        boolean isTurnOfFiles = talk.isEmpty() || talksInRow >= TURNS - 1;
        if (isTurnOfFiles && !files.isEmpty()) {
            talksInRow = 0;
            Lane next = files.iterator().next();
            files.remove(next);
            return next;
        }
        talksInRow = files.isEmpty() ? 0 : talksInRow + 1;
        return talk.poll();
    }

    synchronized int size() {
        return talk.size() + files.size();
    }
}
