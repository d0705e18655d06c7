package io.socp.relay.envelope;

import io.socp.relay.envelope.DecodeFailure.BrokenNotice;
import io.socp.relay.envelope.DecodeFailure.LimitExceeded;
import io.socp.relay.envelope.DecodeFailure.NotJson;
import io.socp.relay.envelope.DecodeFailure.NotUtf8;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads frames into envelopes. Thread-safe: holds only its limits and a parser factory that is
 * itself thread-safe.
 *
 * <p>Strict where two readers could understand a frame differently: UTF-8 without byte order mark,
 * one JSON object of RFC 8259 and nothing but white space after it, no duplicate keys at any level.
 * Whatever comes in, the result is a value; nothing is thrown.
 */
@ThreadSafe
public final class EnvelopeCodec {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    /** A unit of a name takes at most this many bytes in the parser's own count. */
    private static final int NAME_BYTES_PER_CHAR = 4;

    private final EnvelopeLimits limits;
    private final JsonFactory json;

    public EnvelopeCodec(EnvelopeLimits limits) {
        this.limits = limits;
        this.json = JsonFactory.builder().streamReadConstraints(constraints(limits)).build();
    }

    /**
     * Reads one frame. Takes the array over: the envelope keeps it, the caller must not change it.
     */
    public Decoding decode(byte[] frame) {
        return switch (read(frame)) {
            case Decoded decoded -> decoded;
            case DecodeFailure failure -> refusal(frame, failure);
        };
    }

    /**
     * What to call the failure of a frame that begins like this: a broken ERROR or ACK is told from
     * all else.
     */
    public static DecodeFailure refusal(byte[] beginning, DecodeFailure failure) {
        return TypeGlimpse.isNotice(beginning) ? new BrokenNotice(failure) : failure;
    }

    private Decoding read(byte[] frame) {
        if (frame.length > limits.frameBytesMax()) {
            return new LimitExceeded("frame bytes", limits.frameBytesMax());
        }
        boolean isPlain = PlainText.isPlain(frame);
        DecodeFailure failure = isPlain ? null : checkBytes(frame);
        if (failure != null) {
            return failure;
        }
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), frame)) {
            FrameReader reader = new FrameReader(parser, limits, frame, isPlain);
            return new Decoded(new EnvelopeFields(reader.read()).envelope(frame, isPlain, reader));
        } catch (FrameReader.Refused refused) {
            return refused.failure();
        } catch (StreamConstraintsException _) {
            // The only constraint of the parser's own that FrameReader does not check before it.
            return FrameReader.nameTooLong();
        } catch (StreamReadException e) {
            return new NotJson("not JSON at byte " + e.getLocation().getByteOffset());
        }
    }

    private static @Nullable DecodeFailure checkBytes(byte[] frame) {
        if (Arrays.mismatch(frame, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length
                || Arrays.equals(frame, BYTE_ORDER_MARK)) {
            return new NotJson("frame starts with a byte order mark");
        }
        if (!Utf8.isWellFormed(frame)) {
            return new NotUtf8();
        }
        for (byte b : frame) {
            if (b == 0) {
                // Would also let the parser take the frame for UTF-16 or UTF-32.
                return new NotJson("frame contains a NUL byte");
            }
        }
        return null;
    }

    /** Bounds that {@link FrameReader} reaches first, but for names, where this saves memory. */
    private static StreamReadConstraints constraints(EnvelopeLimits limits) {
        return StreamReadConstraints.builder()
                .maxDocumentLength(limits.frameBytesMax())
                .maxStringLength(limits.frameBytesMax())
                .maxNumberLength(limits.frameBytesMax())
                .maxNestingDepth(limits.depthMax() + 1)
                .maxNameLength(EnvelopeLimits.NAME_CHARS_MAX * NAME_BYTES_PER_CHAR)
                .build();
    }
}
