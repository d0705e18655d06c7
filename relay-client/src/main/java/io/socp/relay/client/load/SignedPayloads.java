package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SealedText;
import io.socp.relay.ownership.Immutable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Payloads of direct messages, sealed and signed ahead of a run, so that the generator does no RSA
 * while it measures. Immutable.
 *
 * <p>The transport signature covers the payload alone (SOCP §6), so one serves under many times and
 * between any two users of one key. The content signature in it is genuine for one time only; a
 * relay does not check it where the transport signature holds.
 */
@Immutable
final class SignedPayloads {

    private static final UserId ANYONE = new UserId("00000000-0000-4000-8000-000000000000");
    private static final long TS = 0;

    private record Signed(Payload payload, String sig) {}

    private final List<Signed> signed;

    private SignedPayloads(List<Signed> signed) {
        this.signed = List.copyOf(signed);
    }

    /** Makes {@code count} payloads with texts of {@code textBytes}, on all cores. */
    static SignedPayloads create(int count, int textBytes, IdentityKey key) {
        Sealer sealer = new Sealer(ANYONE, key);
        return new SignedPayloads(
                IntStream.range(0, count)
                        .parallel()
                        .mapToObj(number -> create(sealer, text(number, textBytes), key))
                        .toList());
    }

    private static Signed create(Sealer sealer, String text, IdentityKey key) {
        SealedText sealed = sealer.direct(text, ANYONE, key.publicKey(), TS);
        Payload payload = PayloadWriter.payload(new MsgDirect(ANYONE, ANYONE, TS, sealed));
        return new Signed(payload, sealer.transportSig(payload));
    }

    private static String text(int number, int textBytes) {
        String digits = Integer.toString(number);
        return digits.length() >= textBytes
                ? digits.substring(digits.length() - textBytes)
                : digits + "x".repeat(textBytes - digits.length());
    }

    int size() {
        return signed.size();
    }

    /** The frame with payload number {@code index}, from one user to another at a time. */
    byte[] frame(int index, UserId from, UserId to, long ts) {
        Signed chosen = signed.get(index);
        return Envelope.of(
                        MessageType.MSG_DIRECT.name(),
                        from.value(),
                        to.value(),
                        ts,
                        chosen.payload(),
                        chosen.sig())
                .bytes();
    }

    /** The time of a frame, which stands before the payload; -1 when there is none. */
    static long tsOf(byte[] frame) {
        int at = indexOf(frame, "\"ts\":".getBytes(UTF_8));
        long ts = -1;
        for (int i = at; at >= 0 && i < frame.length; i++) {
            int digit = frame[i] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            ts = Math.max(ts, 0) * 10 + digit;
        }
        return ts;
    }

    /** The index after the first occurrence, or -1. */
    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            boolean isHere = true;
            for (int j = 0; isHere && j < wanted.length; j++) {
                isHere = bytes[i + j] == wanted[j];
            }
            if (isHere) {
                return i + wanted.length;
            }
        }
        return -1;
    }
}
