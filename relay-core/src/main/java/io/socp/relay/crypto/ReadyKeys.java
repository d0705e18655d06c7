package io.socp.relay.crypto;

import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The keys that hold their provider's object, so many at most. Thread-safe: a ring of atomic
 * places; a race may let go of a key too early, which costs its next check a reading of 15 µs.
 *
 * <p>Such an object is 3.5 KB, most of it native, and of many users online few write at a time. A
 * key that was used since the hand of the ring came by last is passed over once.
 */
@ThreadSafe
final class ReadyKeys {

    private final AtomicReferenceArray<@Nullable RsaPublicKey> places;
    private final AtomicInteger hand = new AtomicInteger();

    /**
     * A ring without any keys.
     *
     * @param keysMax a power of two
     */
    ReadyKeys(int keysMax) {
        if (Integer.bitCount(keysMax) != 1) {
            throw new IllegalArgumentException(keysMax + " is no power of two");
        }
        this.places = new AtomicReferenceArray<>(keysMax);
    }

    /** The key holds its object now; another lets go of its own when there are too many. */
    void add(RsaPublicKey key) {
        // After a whole round all were asked once, and the next has not been used since, or hardly.
        for (int looked = 0; looked < places.length(); looked++) {
            RsaPublicKey here = places.get(place());
            if (here == null || !here.wasUsed()) {
                break;
            }
            hand.incrementAndGet();
        }
        RsaPublicKey previous =
                places.getAndSet(hand.getAndIncrement() & (places.length() - 1), key);
        if (previous != null) {
            previous.letGo();
        }
    }

    private int place() {
        return hand.get() & (places.length() - 1);
    }
}
