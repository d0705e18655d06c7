package io.socp.relay.bench;

import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.testing.TestKeys;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A direct message from the socket's bytes to the reader's: decode, vet, verify, admit, route,
 * write, on one thread. Without RSA it is the part that is ours to make fast.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
public class DirectMessageBenchmark {

    private static final int SIGNATURE_BYTES = 512;

    private final Frames frames = Frames.direct();
    private final LoneRelay withoutRsa =
            new LoneRelay((_, _, _) -> true, _ -> new byte[SIGNATURE_BYTES]);
    private final LoneRelay verifying =
            new LoneRelay(new SignatureVerifier(), _ -> new byte[SIGNATURE_BYTES]);
    private final LoneRelay strict =
            new LoneRelay(new SignatureVerifier(), TestKeys.SERVER_A.signer()::sign);

    /** Both signatures cost nothing. */
    @Benchmark
    public byte[] withoutRsa() {
        return withoutRsa.deliver(frames.at(withoutRsa.nextMs()));
    }

    /** Verified, and what goes out is signed for nothing. */
    @Benchmark
    public byte[] verified() {
        return verifying.deliver(frames.at(verifying.nextMs()));
    }

    /** As the standard has it: verified and signed. */
    @Benchmark
    public byte[] verifiedAndSigned() {
        return strict.deliver(frames.at(strict.nextMs()));
    }
}
