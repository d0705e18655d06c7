package io.socp.relay.client.conformance;

import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.ownership.ThreadSafe;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A fresh RSA-4096 key for each role, made on all cores in the order of need. Thread-safe; whoever
 * asks too early waits.
 */
@ThreadSafe
public final class KeyRing implements Function<Role, IdentityKey> {

    private final Map<Role, CompletableFuture<IdentityKey>> keys = new EnumMap<>(Role.class);

    private KeyRing() {}

    /** Begins to make the keys. */
    public static KeyRing fresh() {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService workers =
                Executors.newFixedThreadPool(
                        cores, Thread.ofPlatform().daemon().name("conformance-keys-", 0).factory());
        KeyRing ring = new KeyRing();
        for (Role role : Role.values()) {
            ring.keys.put(role, CompletableFuture.supplyAsync(IdentityKey::generate, workers));
        }
        workers.shutdown();
        return ring;
    }

    @Override
    public IdentityKey apply(Role role) {
        CompletableFuture<IdentityKey> key = keys.get(role);
        if (key == null) {
            throw new IllegalStateException("every role has a key");
        }
        return key.join();
    }
}
