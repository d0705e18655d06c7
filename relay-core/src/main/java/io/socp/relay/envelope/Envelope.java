package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

    /** Ends each field of a fingerprint; none is an id or a number and contains it. */
    private static final char FIELD_END = 0;

    private final String type;
    private final String from;
    private final String to;
    private final long ts;
    private final Payload payload;
    private final String sig;
    private volatile byte @Nullable [] bytes;
    private volatile byte @Nullable [] fingerprint;

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

    /**
     * SHA-256 over type, addresses, time and the payload's canonical form: what makes two frames
     * the same message (SOCP §10). Never over {@code sig}: PSS is randomised, so one message may
     * carry two. Shared and read-only by contract; asked for before verification, and after it
     * again.
     */
    public byte[] fingerprint() {
        byte[] known = fingerprint;
        if (known == null) {
            MessageDigest digest = sha256();
            String fields = type + FIELD_END + from + FIELD_END + to + FIELD_END + ts + FIELD_END;
            digest.update(fields.getBytes(StandardCharsets.UTF_8));
            payload.addTo(digest);
            known = digest.digest();
            fingerprint = known;
        }
        return known;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private byte[] encode() {
        String time = Long.toString(ts);
        int length = FORM.length() + payload.length() + time.length();
        length += type.length() + from.length() + to.length() + sig.length();
        JsonWriter writer = new JsonWriter(JsonWriter.Charset.ASCII, length);
        writer.raw("{\"type\":")
                .text(type)
                .raw(",\"from\":")
                .text(from)
                .raw(",\"to\":")
                .text(to)
                .raw(",\"ts\":")
                .raw(time)
                .raw(",\"payload\":");
        payload.writeTo(writer);
        return writer.raw(",\"sig\":").text(sig).raw("}").toBytes();
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
