package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.Signer;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.ContentSignature;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Frames for an authenticated link: no transport signature, and a genuine content signature, which
 * covers {@code ts}; so they are signed right before the run. Event-loop confined.
 *
 * <p>A frame comes round again with another number in a payload member that nobody signs: so a
 * relay's seen-cache does not take it for a copy, and its content is verified each time.
 */
@EventLoopConfined
final class LinkScript implements Script {

    /** Signed for one run, of all its streams: some seconds' work. */
    static final int FRAMES_MAX = 4_000;

    /** How long before its {@code ts} a frame is signed; a relay takes two minutes both ways. */
    private static final Duration AHEAD = Duration.ofSeconds(60);

    /** The longest run, warm-up and all: the rest of four minutes, with time to sign. */
    static final Duration RUN_MAX = Duration.ofSeconds(150);

    private final List<OutgoingFrame> frames;
    private long uses;

    private LinkScript(List<OutgoingFrame> frames) {
        this.frames = frames;
    }

    /** Signs a frame for each payload, on all cores. Not for an event loop. */
    static LinkScript sign(
            MessageType type, UserId from, String to, Signer signer, Slice payloads, int bytes) {
        long ts = System.currentTimeMillis() + AHEAD.toMillis();
        String head = new String(OutgoingFrame.head(type, from, to), US_ASCII) + ts;
        return new LinkScript(
                IntStream.range(0, payloads.count())
                        .parallel()
                        .mapToObj(i -> {
                            byte[] sealed = Corpus.sealedText(new SplittableRandom(ts + i), bytes);
                            String text =
                                    Marker.mark(payloads.first() + i, Base64Url.encode(sealed));
                            byte[] signed =
                                    type == MessageType.MSG_PUBLIC_CHANNEL
                                            ? ContentSignature.publicText(text, from, ts)
                                            : ContentSignature.directText(
                                                    text, from, new UserId(to), ts);
                            return frame(head, text, Base64Url.encode(signer.sign(signed)), signer);
                        })
                        .toList());
    }

    /** In canonical order of members, {@code n} among them, whose digits come last. */
    private static OutgoingFrame frame(
            String head, String ciphertext, String contentSig, Signer signer) {
        String before =
                "%s,\"payload\":{\"ciphertext\":\"%s\",\"content_sig\":\"%s\",\"n\":"
                        .formatted(head, ciphertext, contentSig);
        String behind =
                ",\"sender_pub\":\"%s\"},\"sig\":\"\"}".formatted(signer.publicKey().text());
        return new OutgoingFrame(before.getBytes(US_ASCII), behind.getBytes(US_ASCII));
    }

    @Override
    public ByteBuf next(ByteBufAllocator allocator, int number) {
        return frames.get(number).encode(allocator, uses++);
    }
}
