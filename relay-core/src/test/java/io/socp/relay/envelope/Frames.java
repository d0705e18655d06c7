package io.socp.relay.envelope;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Frames for the tests of this package, as text. */
final class Frames {

    static final EnvelopeCodec CODEC = new EnvelopeCodec(EnvelopeLimits.DEFAULT);

    private Frames() {}

    static String withPayload(String payload) {
        return "{\"type\":\"T\",\"from\":\"a\",\"to\":\"b\",\"ts\":1,\"payload\":"
                + payload
                + ",\"sig\":\"s\"}";
    }

    static Decoding decode(String frame) {
        return CODEC.decode(frame.getBytes(UTF_8));
    }

    static Envelope envelope(String frame) {
        return switch (decode(frame)) {
            case Decoded(Envelope envelope) -> envelope;
            case DecodeFailure failure -> throw new AssertionError(failure.toString());
        };
    }

    static DecodeFailure failure(String frame) {
        return failure(frame.getBytes(UTF_8));
    }

    static DecodeFailure failure(byte[] frame) {
        return switch (CODEC.decode(frame)) {
            case Decoded(Envelope envelope) -> throw new AssertionError("decoded: " + envelope);
            case DecodeFailure failure -> failure;
        };
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
