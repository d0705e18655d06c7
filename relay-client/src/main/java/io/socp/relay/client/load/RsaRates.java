package io.socp.relay.client.load;

import static java.util.concurrent.CompletableFuture.supplyAsync;

import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.crypto.Signer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * What one core does of RSA-4096 PSS with one provider, in operations per second of CPU: on a busy
 * machine a thread gets less than a core, and so does a relay. Taken on all cores at once, as in a
 * run that keeps them all busy: what is called a core may be half of one, and slower when the other
 * half has work.
 *
 * @param provider name and version
 */
public record RsaRates(String provider, double signPerSecond, double verifyPerSecond) {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final int MESSAGE_BYTES = 1_500; // about a direct message's payload

    /**
     * Measures on a thread for each core; takes twice the time given, and half of that again to
     * warm up.
     */
    public static RsaRates measure(CryptoProvider provider, IdentityKey key, Duration each) {
        byte[] message = new byte[MESSAGE_BYTES];
        Signer signer = key.signer(provider);
        byte[] signature = signer.sign(message);
        SignatureVerifier verifier = new SignatureVerifier(provider);
        Runnable sign = () -> signer.sign(message);
        Runnable verify =
                () -> {
                    if (!verifier.verifies(key.publicKey(), message, signature)) {
                        throw new IllegalStateException("a good signature does not verify");
                    }
                };
        Duration warmUp = each.dividedBy(2);
        perSecond(sign, warmUp);
        double signs = perSecond(sign, each);
        perSecond(verify, warmUp);
        return new RsaRates(provider.name(), signs, perSecond(verify, each));
    }

    /** Messages per second and core when each costs one verification and one signature. */
    public double relayedPerSecond() {
        return 1 / (1 / signPerSecond + 1 / verifyPerSecond);
    }

    private static double perSecond(Runnable operation, Duration duration) {
        int cores = Runtime.getRuntime().availableProcessors();
        try (var threads = Executors.newFixedThreadPool(cores)) {
            return IntStream.range(0, cores)
                    .mapToObj(_ -> supplyAsync(() -> onThisThread(operation, duration), threads))
                    .toList() // all begin before the first is waited for
                    .stream()
                    .mapToDouble(CompletableFuture::join)
                    .average()
                    .orElseThrow();
        }
    }

    private static double onThisThread(Runnable operation, Duration duration) {
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        long end = System.nanoTime() + duration.toNanos();
        long count = 0;
        do {
            operation.run();
            count++;
        } while (System.nanoTime() - end < 0);
        return count * 1e9 / (THREADS.getCurrentThreadCpuTime() - cpuBefore);
    }
}
