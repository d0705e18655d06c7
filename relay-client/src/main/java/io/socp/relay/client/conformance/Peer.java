package io.socp.relay.client.conformance;

import io.socp.relay.client.conformance.Settings.Times;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A strict server of the kit: the link it dialled, the port it listens on, and one inbox for what
 * comes either way. Thread-safe: fixed but for the inbox and the queue of who has dialled back.
 */
@ThreadSafe
final class Peer implements AutoCloseable {

    private final ServerAuthor author;
    private final Subject subject;
    private final Inbox inbox;
    private final Queue<WireLink> dialledBack = new ConcurrentLinkedQueue<>();
    private final CountDownLatch firstBack = new CountDownLatch(1);
    private final WireLink link;
    private final WireListener listener;

    /**
     * Dials and listens; says nothing yet.
     *
     * @param answersPings no, for a server that is to be taken for dead
     */
    Peer(
            ServerAuthor author,
            Subject subject,
            Times times,
            Consumer<Frame> ledger,
            boolean answersPings)
            throws IOException, InterruptedException {
        this.author = author;
        this.subject = subject;
        this.inbox = new Inbox(ledger);
        this.link = WireLink.dial(subject.url(), inbox, times.answer(), answersPings);
        try {
            this.listener = WireListener.open(link.localHost(), this::onDialledBack);
        } catch (IOException | InterruptedException failed) {
            link.abort();
            throw failed;
        }
    }

    private Inbox onDialledBack(WireLink accepted) {
        dialledBack.add(accepted);
        firstBack.countDown();
        return new Inbox(frame -> {
            inbox.add(frame);
            if (isGreeting(frame)) {
                subject.onGreeting(frame);
            }
            if (frame.is("SERVER_HELLO_JOIN")) {
                accepted.send(author.welcome(frame.from()).text());
            }
        });
    }

    static boolean isGreeting(Frame frame) {
        return frame.is("SERVER_HELLO_JOIN")
                || frame.is("SERVER_HELLO_LINK")
                || frame.is("SERVER_ANNOUNCE");
    }

    ServerAuthor author() {
        return author;
    }

    Inbox inbox() {
        return inbox;
    }

    WireLink link() {
        return link;
    }

    String host() {
        return link.localHost();
    }

    int port() {
        return listener.port();
    }

    Draft join() {
        return author.join(subject.hostPort(), host(), port());
    }

    Draft announce() {
        return author.announce(host(), port());
    }

    /** From now on a heartbeat each interval, as long as the link lasts. */
    void beat(String to, Duration interval) {
        var beating =
                WireLink.LOOPS.scheduleAtFixedRate(
                        () -> link.send(author.heartbeat(to).text()),
                        interval.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
        link.onceClosed(() -> beating.cancel(false));
    }

    /** Whether someone has connected to our port, or does in time. */
    boolean isDialledBack(Duration timeout) throws InterruptedException {
        return firstBack.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Leaves without a word: no link, and nobody at the port. */
    @Override
    public void close() {
        listener.close();
        dialledBack.forEach(WireLink::abort);
        link.close(WireLink.NORMAL);
    }
}
