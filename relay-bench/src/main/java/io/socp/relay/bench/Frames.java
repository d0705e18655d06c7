package io.socp.relay.bench;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * One signed frame of about 2.9 kB by Alice, whose {@code ts} is written anew for each message: the
 * signature does not cover it, so to a relay each is a new message. Lives on one thread.
 */
final class Frames {

    static final EnvelopeCodec CODEC = new EnvelopeCodec(EnvelopeLimits.DEFAULT);

    private static final int SEALED_BYTES = 512;

    private final byte[] template;
    private final int tsEnd;

    private Frames(EnvelopeBuilder message) {
        template = message.build().bytes();
        String ts = Long.toString(VirtualClock.START_EPOCH_MS);
        String text = new String(template, StandardCharsets.US_ASCII);
        tsEnd = text.indexOf("\"ts\":" + ts) + "\"ts\":".length() + ts.length();
    }

    /** A direct message from Alice to Bob, with everything the standard has. */
    static Frames direct() {
        byte[] sealed = new byte[SEALED_BYTES];
        new SplittableRandom(1).nextBytes(sealed);
        return new Frames(
                Envelopes.msgDirect(Actors.ALICE, Actors.BOB)
                        .with("ciphertext", Base64Url.encode(sealed))
                        .with("sender_pub", Actors.ALICE.key().text())
                        .contentSignedBy(TestKeys.ALICE)
                        .signedBy(TestKeys.ALICE));
    }

    /** The same length to all. */
    static Frames toAll() {
        byte[] sealed = new byte[SEALED_BYTES];
        new SplittableRandom(1).nextBytes(sealed);
        return new Frames(
                Envelopes.msgPublic(Actors.ALICE)
                        .with("ciphertext", Base64Url.encode(sealed))
                        .with("sender_pub", Actors.ALICE.key().text())
                        .contentSignedBy(TestKeys.ALICE)
                        .signedBy(TestKeys.ALICE));
    }

    /** The frame as the socket brings it, said at this time; a new array. */
    byte[] at(long epochMs) {
        byte[] frame = template.clone();
        long rest = epochMs;
        for (int i = tsEnd - 1; rest > 0; i--) {
            frame[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return frame;
    }

    static Envelope decode(byte[] frame) {
        return switch (CODEC.decode(frame)) {
            case Decoded(Envelope envelope) -> envelope;
            case DecodeFailure failure -> throw new IllegalStateException(failure.detail());
        };
    }
}
