package io.socp.relay.dedup;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.Immutable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What makes two frames the same message: {@code (ts, from, to, hash(payload))} of SOCP §10, and
 * the type. Immutable; 128 bits of a SHA-256 over all five.
 *
 * <p>Never computed from {@code sig}: PSS is randomised, so one message may carry two signatures.
 */
@Immutable
public record MessageKey(long high, long low) {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** The key of a frame; the payload counts in its canonical form. */
    public static MessageKey of(Envelope envelope) {
        MessageDigest digest = sha256();
        field(digest, envelope.type());
        field(digest, envelope.from());
        field(digest, envelope.to());
        field(digest, Long.toString(envelope.ts()));
        byte[] hash = digest.digest(envelope.payload().digest());
        return new MessageKey((long) LONGS.get(hash, 0), (long) LONGS.get(hash, Long.BYTES));
    }

    /** NUL ends each field; none can contain it unescaped and still be an id or a number. */
    private static void field(MessageDigest digest, String value) {
        digest.update(value.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
