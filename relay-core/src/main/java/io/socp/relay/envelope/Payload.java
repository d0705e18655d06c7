package io.socp.relay.envelope;

import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.ownership.Immutable;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload object of an envelope, and the byte forms of it that a signature may cover.
 * Immutable.
 *
 * <p>The byte arrays handed out are shared and read-only by contract: a caller that writes to one
 * breaks every other reader. Equality is by members, not by bytes.
 */
@Immutable
public final class Payload {

    private final JsonObject members;

    /** The frame this came in, or null when made here; the payload is at [start, end). */
    private final byte @Nullable [] frame;

    private final int start;
    private final int end;

    /** Whether the frame is {@link PlainText}. */
    private final boolean isPlain;

    private volatile byte @Nullable [] received;
    private volatile byte @Nullable [] canonical;

    private Payload(
            JsonObject members, byte @Nullable [] frame, int start, int end, boolean isPlain) {
        this.members = members;
        this.frame = frame;
        this.start = start;
        this.end = end;
        this.isPlain = isPlain;
    }

    /** A payload made here: its bytes are its canonical form. */
    public static Payload of(JsonObject members) {
        return new Payload(members, null, 0, 0, false);
    }

    /**
     * A payload that stands at {@code frame[start..end)}; keeps the array.
     *
     * @param isPlain whether the frame is {@link PlainText}
     */
    static Payload received(JsonObject members, byte[] frame, int start, int end, boolean isPlain) {
        return new Payload(members, frame, start, end, isPlain);
    }

    public JsonObject members() {
        return members;
    }

    /** The payload as it stood in its frame, white space included; canonical when made here. */
    public byte[] bytes() {
        if (frame == null) {
            return canonical();
        }
        byte[] bytes = received;
        if (bytes == null) {
            bytes = Arrays.copyOfRange(frame, start, end);
            received = bytes;
        }
        return bytes;
    }

    /** The form we sign: sorted keys, no white space, everything outside ASCII escaped. */
    public byte[] canonical() {
        byte[] bytes = canonical;
        if (bytes == null) {
            bytes = isReceivedCanonical() ? bytes() : written(JsonWriter.Charset.ASCII).toBytes();
            canonical = bytes;
        }
        return bytes;
    }

    /** Adds the canonical form to a digest; where it is what was received, without a copy. */
    void addTo(MessageDigest digest) {
        byte[] known = canonical;
        byte[] whole = frame;
        if (known == null && whole != null && isReceivedCanonical()) {
            digest.update(whole, start, end - start);
        } else {
            digest.update(known == null ? canonical() : known);
        }
    }

    /** Bytes that {@link #writeTo} adds, about. */
    int length() {
        byte[] known = canonical;
        if (frame != null) {
            return end - start;
        }
        return known == null ? PlainForm.length(members) : known.length;
    }

    /** Adds {@link #bytes()} to an envelope's; those that nobody has asked for yet are not kept. */
    void writeTo(JsonWriter writer) {
        byte[] known = canonical;
        if (frame != null) {
            writer.raw(frame, start, end);
        } else if (known != null) {
            writer.raw(known);
        } else {
            writer.value(members);
        }
    }

    /** Without escapes, white space shows in the length alone. */
    private boolean isReceivedCanonical() {
        return isPlain && end - start == PlainForm.length(members) && PlainForm.isSorted(members);
    }

    private JsonWriter written(JsonWriter.Charset charset) {
        return new JsonWriter(charset, PlainForm.length(members)).value(members);
    }

    /** The same without escapes: what some servers sign, and verify nothing else. */
    public byte[] rawUtf8() {
        return written(JsonWriter.Charset.UTF_8).toBytes();
    }

    /**
     * The distinct forms in which signers sign, in the order to try them: canonical in ASCII,
     * canonical in raw UTF-8, as received.
     */
    public List<byte[]> signedForms() {
        List<byte[]> forms = new ArrayList<>(3);
        forms.add(canonical());
        JsonWriter rawUtf8 = written(JsonWriter.Charset.UTF_8);
        if (rawUtf8.dependsOnCharset()) {
            forms.add(rawUtf8.toBytes());
        }
        byte[] asReceived = bytes();
        if (forms.stream().noneMatch(form -> Arrays.equals(form, asReceived))) {
            forms.add(asReceived);
        }
        return List.copyOf(forms);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload that && members.equals(that.members);
    }

    @Override
    public int hashCode() {
        return members.hashCode();
    }

    /** The names only: payloads hold what users wrote to each other. */
    @Override
    public String toString() {
        return "Payload" + members.members().keySet();
    }
}
