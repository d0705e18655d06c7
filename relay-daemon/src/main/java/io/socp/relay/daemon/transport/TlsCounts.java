package io.socp.relay.daemon.transport;

import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.LongAdder;

/** What became of TLS handshakes since the start, of both kinds. Thread-safe. */
@ThreadSafe
public final class TlsCounts {

    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder wrongKeys = new LongAdder();
    private final LongAdder plain = new LongAdder();

    /** Handshakes completed and taken. */
    public long done() {
        return done.sum();
    }

    /** Handshakes that broke off, took too long, or showed a chain that is not good. */
    public long failed() {
        return failed.sum();
    }

    /** Servers dialled that proved another identity key than theirs. */
    public long wrongKeys() {
        return wrongKeys.sum();
    }

    /** Connections without TLS to a port that takes none of them. */
    public long plain() {
        return plain.sum();
    }

    void onDone() {
        done.increment();
    }

    void onFailed() {
        failed.increment();
    }

    void onWrongKey() {
        wrongKeys.increment();
    }

    void onPlain() {
        plain.increment();
    }
}
