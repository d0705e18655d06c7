package io.socp.relay.dedup;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.Immutable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What makes two frames the same message: {@code (ts, from, to, hash(payload))} of SOCP §10, and
 * the type. Immutable; 128 bits of {@link Envelope#fingerprint}.
 */
@Immutable
public record MessageKey(long high, long low) {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** The key of a frame; the payload counts in its canonical form. */
    public static MessageKey of(Envelope envelope) {
        byte[] hash = envelope.fingerprint();
        return new MessageKey((long) LONGS.get(hash, 0), (long) LONGS.get(hash, Long.BYTES));
    }
}
