package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;

/**
 * What a corpus holds. Immutable.
 *
 * @param keys of the users, who share them; making one for each would take longer than a run
 * @param payloads signed ones, of all keys together, in equal parts
 * @param textBytes of each text; up to 446 fill one block of RSA, so the frame is as long for all
 */
@Immutable
public record CorpusSpec(int keys, int payloads, int textBytes) {

    public static final int KEYS_MAX = 256;

    /** At 3 kB each; the number must also fit the marker. */
    public static final int PAYLOADS_MAX = 50_000;

    public static final int TEXT_BYTES_MAX = 64 * 1024;

    public static final CorpusSpec DEFAULT = new CorpusSpec(4, 2_000, 64);

    public CorpusSpec {
        Bounds.check("keys", keys, 1, KEYS_MAX);
        Bounds.check("payloads", payloads, keys, PAYLOADS_MAX);
        Bounds.check("payload bytes", textBytes, 1, TEXT_BYTES_MAX);
    }

    /** Payloads of one key; a remainder is left out. */
    int payloadsOfAKey() {
        return payloads / keys;
    }

    @Override
    public String toString() {
        return "%d keys, %d payloads of %d bytes of text".formatted(keys, payloads, textBytes);
    }
}
