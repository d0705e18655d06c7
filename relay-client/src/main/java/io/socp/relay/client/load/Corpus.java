package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.Signer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.ownership.Immutable;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Keys, and payloads signed with them ahead of all runs, so that the generator does no RSA while it
 * measures. Immutable.
 *
 * <p>A payload serves as that of a MSG_DIRECT and of a MSG_PUBLIC_CHANNEL, between any users of its
 * key: the transport signature covers the payload alone (SOCP §6). {@code ts} is outside it and new
 * in each frame, so frames stay fresh, and none is a copy of another. The ciphertext is random of
 * the length of a sealed text, behind a {@link Marker}; a relay cannot tell. The content signature
 * is a genuine one of another time: a relay does not look at it where the transport signature
 * holds, a reader would refuse it.
 *
 * <p>The payloads of one key stand together: those of key k from k * {@code payloadsOfAKey} on.
 */
@Immutable
public final class Corpus {

    private static final int RSA_BLOCK_BYTES = 512;
    private static final int BLOCK_TEXT_BYTES_MAX = 446;

    /** Of a hybrid text: two bytes in front, a block, nonce and tag (docs/protocol.md §8). */
    private static final int HYBRID_EXTRA_BYTES = 2 + RSA_BLOCK_BYTES + 12 + 16;

    private final CorpusSpec spec;
    private final List<IdentityKey> keys;

    /** From {@code ,"payload":} to the end of the frame. */
    private final List<byte[]> tails;

    Corpus(CorpusSpec spec, List<IdentityKey> keys, List<byte[]> tails) {
        this.spec = spec;
        this.keys = List.copyOf(keys);
        this.tails = List.copyOf(tails);
    }

    /** Makes keys and signatures, two for each payload, on all cores; takes seconds. */
    static Corpus create(CorpusSpec spec, long seed) {
        List<IdentityKey> keys =
                IntStream.range(0, spec.keys())
                        .parallel()
                        .mapToObj(_ -> IdentityKey.generate())
                        .toList();
        return create(spec, keys, seed);
    }

    static Corpus create(CorpusSpec spec, List<IdentityKey> keys, long seed) {
        List<Signer> signers = keys.stream().map(IdentityKey::signer).toList();
        int each = spec.payloadsOfAKey();
        List<byte[]> tails =
                IntStream.range(0, each * spec.keys())
                        .parallel()
                        .mapToObj(i -> tail(i, signers.get(i / each), spec.textBytes(), seed))
                        .toList();
        return new Corpus(spec, keys, tails);
    }

    private static byte[] tail(int index, Signer signer, int textBytes, long seed) {
        byte[] sealed = sealedText(new SplittableRandom(seed + index), textBytes);
        String ciphertext = Marker.mark(index, Base64Url.encode(sealed));
        String contentSig = Base64Url.encode(signer.sign((ciphertext + "0").getBytes(US_ASCII)));
        byte[] payload =
                Payload.of(
                                JsonObject.builder()
                                        .put("ciphertext", ciphertext)
                                        .put("content_sig", contentSig)
                                        .put("sender_pub", signer.publicKey().text())
                                        .build())
                        .canonical();
        String sig = Base64Url.encode(signer.sign(payload));
        return (",\"payload\":" + new String(payload, US_ASCII) + ",\"sig\":\"" + sig + "\"}")
                .getBytes(US_ASCII);
    }

    /** Random bytes as many as a text of this length has when it is sealed. */
    static byte[] sealedText(SplittableRandom random, int textBytes) {
        byte[] sealed =
                new byte
                        [textBytes <= BLOCK_TEXT_BYTES_MAX
                                ? RSA_BLOCK_BYTES
                                : HYBRID_EXTRA_BYTES + textBytes];
        random.nextBytes(sealed);
        return sealed;
    }

    CorpusSpec spec() {
        return spec;
    }

    IdentityKey key(int index) {
        return keys.get(index);
    }

    /** How many payloads there are. */
    int size() {
        return tails.size();
    }

    /** The rest of a frame, behind its {@code ts}. */
    byte[] tail(int index) {
        return tails.get(index);
    }
}
