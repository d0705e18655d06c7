package io.socp.relay.daemon.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that lets go of a buffer without releasing it.
 *
 * <p>A leak shows when the collector finds the buffer, so the check provokes a collection and waits
 * for proof that it has happened: after each test, or, where there are many on real sockets, once
 * after the last. What a test still refers to is found after the last test of its class.
 */
public final class LeakCheck implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private static final long COLLECTION_MS_MAX = 2_000;

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    private final boolean afterEach;

    /** A check after each test. */
    public LeakCheck() {
        this(true);
    }

    private LeakCheck(boolean afterEach) {
        this.afterEach = afterEach;
    }

    /** A check after the last test of a class. */
    public static LeakCheck atTheEnd() {
        return new LeakCheck(false);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + records));
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        if (afterEach) {
            collect();
            failOnLeaks();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        // What one collection finds may still be on its way into the queue after the witness.
        collect();
        collect();
        failOnLeaks();
    }

    /** Leaks found since the last call. */
    static List<String> takeLeaks() {
        // The detector looks for what was collected when the next buffer is made.
        ByteBuf any = PooledByteBufAllocator.DEFAULT.directBuffer(1);
        any.release();
        List<String> leaks = List.copyOf(LEAKS);
        LEAKS.clear();
        return leaks;
    }

    private static void failOnLeaks() {
        List<String> leaks = takeLeaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    leaks.size() + " buffers were not released, the first: " + leaks.getFirst());
        }
    }

    /** One collection that has come as far as to queue what it found. */
    public static void collect() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        Reference<Object> witness = new WeakReference<>(new Object(), queue);
        System.gc();
        if (!witness.equals(queue.remove(COLLECTION_MS_MAX))) {
            throw new AssertionError("the collector did not run");
        }
    }
}
