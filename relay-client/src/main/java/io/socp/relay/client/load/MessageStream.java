package io.socp.relay.client.load;

import io.socp.relay.ownership.EventLoopConfined;

/**
 * One sender's messages to one reader or to all. Event-loop confined: its sender and all its
 * readers live on one loop.
 *
 * <p>In the closed loop it keeps a window of messages under way, and sends the next when all
 * readers have one; in the open loop others say when.
 */
@EventLoopConfined
final class MessageStream {

    /** Then a message is taken for lost, and another goes in its place. */
    static final long PATIENCE_NS = 15_000_000_000L;

    private final LoadUser sender;
    private final Script script;
    private final int firstPayload;
    private final UnderWay underWay;
    private final Tally tally;
    private int readers;
    private boolean isClosedLoop;
    private boolean isStopped;

    /** What the window wants sent and the payloads do not allow yet: an old one is under way. */
    private int owed;

    /**
     * A stream that says nothing yet.
     *
     * @param script a frame for each of the payloads
     * @param payloads the numbers it uses
     * @param readers who are awaited to get each message
     */
    MessageStream(LoadUser sender, Script script, Slice payloads, int readers, Tally tally) {
        this.sender = sender;
        this.script = script;
        this.firstPayload = payloads.first();
        this.underWay = new UnderWay(payloads.count());
        this.readers = readers;
        this.tally = tally;
        sender.listen(new SenderFrames(this, tally));
    }

    LoadUser sender() {
        return sender;
    }

    /** Messages that are not with all their readers yet. */
    int underWay() {
        return underWay.count();
    }

    /** Whether a payload number is one of this stream's. */
    boolean owns(int payload) {
        return payload >= firstPayload && payload < firstPayload + underWay.size();
    }

    /** Of the use of a payload that is under way. */
    byte round(int payload) {
        return underWay.round(payload - firstPayload);
    }

    /** Fills the window, and keeps it full. */
    void startClosedLoop(int window) {
        isClosedLoop = true;
        owed = window;
        sendOwed();
    }

    void stop() {
        isStopped = true;
    }

    /** A reader is gone and awaited no more. */
    void onReaderLost() {
        readers = Math.max(0, readers - 1);
    }

    /**
     * Sends a message, unless the window of payloads or the socket is full: then it is told so.
     *
     * @param dueNs when it should have been sent; latency counts from then
     */
    boolean send(long dueNs) {
        if (isStopped || readers == 0 || !(isClosedLoop || sender.channel().isWritable())) {
            return false;
        }
        int number = underWay.take(dueNs, readers);
        if (number < 0) {
            return false;
        }
        LoadChannel channel = sender.channel();
        channel.write(script.next(channel.channel().alloc(), number));
        tally.onSent();
        return true;
    }

    /** A reader has got a message, for the first time. */
    void onArrival(int payload, long nowNs) {
        int number = payload - firstPayload;
        if (!underWay.isAwaited(number)) {
            tally.onLate();
            return;
        }
        tally.onReceived(nowNs - underWay.sinceNs(number));
        if (underWay.arrive(number)) {
            onDone();
        }
    }

    /** The relay has refused a message; it does not say which: the oldest is given up. */
    void onRefused() {
        giveUp(System.nanoTime() + 1);
    }

    /** Gives up what is under way for too long. */
    void expire(long nowNs) {
        while (giveUp(nowNs - PATIENCE_NS)) {
            // and the next
        }
    }

    /** Gives all up: the run is over. */
    void close() {
        stop();
        expire(System.nanoTime() + 2 * PATIENCE_NS);
    }

    private boolean giveUp(long beforeNs) {
        int missing = underWay.expire(beforeNs);
        if (missing == 0) {
            return false;
        }
        tally.onLost(missing);
        onDone();
        return true;
    }

    private void onDone() {
        if (isClosedLoop) {
            owed++;
            sendOwed();
        }
    }

    private void sendOwed() {
        while (owed > 0 && send(System.nanoTime())) {
            owed--;
        }
    }
}
