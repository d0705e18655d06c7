package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The unit of SOCP: six fields around a payload (SOCP §5). Immutable.
 *
 * <p>Of the fields only the payload is covered by {@code sig}. A field that a lenient type left out
 * reads as empty, 0 or {@code {}}. Equality is by field, not by bytes.
 */
@Immutable
public final class Envelope {

    /** All but the fields' contents. */
    private static final String FORM = "{'type':'','from':'','to':'','ts':,'payload':,'sig':''}";

    private final String type;
    private final String from;
    private final String to;
    private final long ts;
    private final Payload payload;
    private final String sig;
    private volatile byte @Nullable [] bytes;

    private Envelope(
            String type,
            String from,
            String to,
            long ts,
            Payload payload,
            String sig,
            byte @Nullable [] bytes) {
        this.type = type;
        this.from = from;
        this.to = to;
        this.ts = ts;
        this.payload = payload;
        this.sig = sig;
        this.bytes = bytes;
    }

    /** An envelope made here, to be sent in standard form. */
    public static Envelope of(
            String type, String from, String to, long ts, Payload payload, String sig) {
        return new Envelope(type, from, to, ts, payload, sig, null);
    }

    /** This envelope, known to have come as {@code frame}; keeps the array. */
    Envelope receivedAs(byte[] frame) {
        return new Envelope(type, from, to, ts, payload, sig, frame);
    }

    public String type() {
        return type;
    }

    public String from() {
        return from;
    }

    public String to() {
        return to;
    }

    /** Unix milliseconds by the sender's clock; 0 when the field was left out. */
    public long ts() {
        return ts;
    }

    public Payload payload() {
        return payload;
    }

    /** Transport signature as its signer wrote it; empty when absent. */
    public String sig() {
        return sig;
    }

    /**
     * The whole frame as received, or in standard form when made here: the fields in the order of
     * SOCP §5, the payload in its own {@link Payload#bytes()}. Shared and read-only by contract.
     */
    public byte[] bytes() {
        byte[] known = bytes;
        if (known == null) {
            known = encode();
            bytes = known;
        }
        return known;
    }

    private byte[] encode() {
        String time = Long.toString(ts);
        byte[] body = payload.bytes();
        int length = FORM.length() + body.length + time.length();
        length += type.length() + from.length() + to.length() + sig.length();
        return new JsonWriter(JsonWriter.Charset.ASCII, length)
                .raw("{\"type\":")
                .text(type)
                .raw(",\"from\":")
                .text(from)
                .raw(",\"to\":")
                .text(to)
                .raw(",\"ts\":")
                .raw(time)
                .raw(",\"payload\":")
                .raw(body)
                .raw(",\"sig\":")
                .text(sig)
                .raw("}")
                .toBytes();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Envelope that
                        && type.equals(that.type)
                        && from.equals(that.from)
                        && to.equals(that.to)
                        && ts == that.ts
                        && payload.equals(that.payload)
                        && sig.equals(that.sig));
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, from, to, ts, payload, sig);
    }

    @Override
    public String toString() {
        return type + ' ' + from + " -> " + to + " ts=" + ts;
    }
}
