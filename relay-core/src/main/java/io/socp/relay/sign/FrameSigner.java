package io.socp.relay.sign;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.envelope.Payload;
import io.socp.relay.ownership.ThreadSafe;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/**
 * Signs payloads with the server's key, and remembers signatures of payloads that recur.
 * Thread-safe.
 *
 * <p>The transport signature covers the payload alone (SOCP §12): every HEARTBEAT we ever send has
 * the same one, and so have two ERRORs that say the same.
 */
@ThreadSafe
public final class FrameSigner {

    /** Payloads remembered; an entry is about 2 KB. */
    static final long REMEMBERED_MAX = 512;

    /** Longer payloads do not recur; a greeting with its key is about 800 bytes long. */
    static final int REMEMBERED_BYTES_MAX = 1_024;

    private final UnaryOperator<byte[]> signature;
    private final Cache<ByteBuffer, String> recurring =
            Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).executor(Runnable::run).build();

    /**
     * A signer with nothing remembered.
     *
     * @param signature the signature of these bytes by the server's key: one RSA private operation
     */
    public FrameSigner(UnaryOperator<byte[]> signature) {
        this.signature = signature;
    }

    /** The {@code sig} for this payload, in base64url. */
    public String sign(Payload payload) {
        byte[] canonical = payload.canonical();
        if (canonical.length > REMEMBERED_BYTES_MAX) {
            return signNow(canonical);
        }
        // Not under the cache's lock: other payloads would wait for this signature.
        ByteBuffer key = ByteBuffer.wrap(canonical);
        String known = recurring.getIfPresent(key);
        if (known != null) {
            return known;
        }
        String signature = signNow(canonical);
        recurring.put(key, signature);
        return signature;
    }

    /** The {@code sig} for this payload over its text without escapes. */
    String signRawUtf8(Payload payload) {
        return signNow(payload.rawUtf8());
    }

    private String signNow(byte[] canonical) {
        return Base64Url.encode(signature.apply(canonical));
    }
}
