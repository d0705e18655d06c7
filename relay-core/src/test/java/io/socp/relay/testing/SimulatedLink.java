package io.socp.relay.testing;

import io.socp.relay.identity.HostPort;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * One connection with two sides. Frames arrive in the order they were sent, each after a delay of
 * its own; what is under way when a side closes is delivered to the other side first.
 */
public final class SimulatedLink {

    private static final long DELAY_MIN_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long DELAY_MAX_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final End NOBODY =
            new End() {
                @Override
                public void onFrame(byte[] frame) {
                    throw new IllegalStateException("nobody holds this end");
                }

                @Override
                public void onClosed() {
                    // Nobody to tell.
                }
            };

    private final String name;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final Side dialling = new Side();
    private final Side accepting = new Side();
    private boolean isMute;

    /** What a side's owner hears. */
    interface End {
        void onFrame(byte[] frame);

        void onClosed();
    }

    SimulatedLink(String name, Timeline timeline, RandomGenerator random) {
        this.name = name;
        this.timeline = timeline;
        this.random = random;
    }

    Side dialling() {
        return dialling;
    }

    Side accepting() {
        return accepting;
    }

    /** Whether the link is between relays at these addresses. */
    boolean joins(HostPort one, HostPort other) {
        return name.equals(one + " - " + other) || name.equals(other + " - " + one);
    }

    public boolean isOpen() {
        return !dialling.isClosed && !accepting.isClosed;
    }

    /** From now on nothing arrives, and neither side is told. */
    public void mute() {
        isMute = true;
    }

    /** Both sides lose the connection now, and what was under way is lost. */
    public void cut() {
        dialling.lose();
        accepting.lose();
    }

    @Override
    public String toString() {
        return name;
    }

    /** One end of the link, as its owner uses it. */
    public final class Side {

        private End end = NOBODY;
        private boolean isClosed;
        private long lastArrivalNs;

        void attach(End owner) {
            end = owner;
        }

        public void send(byte[] frame) {
            if (!isClosed && !isMute) {
                other().arrive("frame on " + name, () -> other().end.onFrame(frame));
            }
        }

        public void close() {
            if (isClosed) {
                return;
            }
            other().arrive("close of " + name, other()::lose);
            lose();
        }

        public boolean isClosed() {
            return isClosed;
        }

        private void lose() {
            if (!isClosed) {
                isClosed = true;
                timeline.after(0, "", end::onClosed);
            }
        }

        private void arrive(String what, Runnable arrival) {
            long delayNs = random.nextLong(DELAY_MIN_NS, DELAY_MAX_NS);
            lastArrivalNs = Math.max(lastArrivalNs + 1, timeline.now().ns() + delayNs);
            timeline.at(
                    lastArrivalNs,
                    what,
                    () -> {
                        if (!isClosed && !isMute) {
                            arrival.run();
                        }
                    });
        }

        private Side other() {
            return this == dialling ? accepting : dialling;
        }
    }
}
