package io.socp.relay.client.load;

import io.netty.channel.EventLoop;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Streams that run together, in the closed loop or at one rate in turn. Event-loop confined, but
 * for its making.
 */
@EventLoopConfined
final class Traffic {

    private static final long SWEEP_MS = 500;

    private final EventLoop loop;
    private final List<MessageStream> streams;
    private final Tally tally;
    private int turn;
    private boolean isStopped;

    Traffic(EventLoop loop, List<MessageStream> streams, Tally tally) {
        this.loop = loop;
        this.streams = List.copyOf(streams);
        this.tally = tally;
    }

    Tally tally() {
        return tally;
    }

    /** Begins: with this many under way for each stream, or at this many a second for all. */
    void start(LoadOptions options) {
        if (options.isOpenLoop()) {
            pace(new OpenLoop(options.rate(), System.nanoTime()));
        } else {
            streams.forEach(stream -> stream.startClosedLoop(options.window()));
        }
        sweep();
    }

    private void pace(OpenLoop schedule) {
        if (isStopped) {
            return;
        }
        long waitNs = schedule.advance(System.nanoTime(), this::sendOne);
        if (waitNs == 0) {
            loop.execute(() -> pace(schedule));
        } else {
            loop.schedule(() -> pace(schedule), waitNs, TimeUnit.NANOSECONDS).addListener(_ -> {});
        }
    }

    /** By the next stream that can. */
    private boolean sendOne(long dueNs) {
        for (int i = 0; i < streams.size(); i++) {
            turn = (turn + 1) % streams.size();
            if (streams.get(turn).send(dueNs)) {
                return true;
            }
        }
        return false;
    }

    private void sweep() {
        if (!isStopped) {
            long now = System.nanoTime();
            streams.forEach(stream -> stream.expire(now));
            loop.schedule(this::sweep, SWEEP_MS, TimeUnit.MILLISECONDS).addListener(_ -> {});
        }
    }

    /** Sends no more. */
    void stop() {
        isStopped = true;
        streams.forEach(MessageStream::stop);
    }

    boolean isDrained() {
        return streams.stream().allMatch(stream -> stream.underWay() == 0);
    }

    /** What has not come now is lost. */
    void close() {
        streams.forEach(MessageStream::close);
    }
}
