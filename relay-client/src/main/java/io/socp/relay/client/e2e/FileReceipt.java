package io.socp.relay.client.e2e;

import io.socp.relay.crypto.Oaep;
import io.socp.relay.ownership.Immutable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the reader of a hybrid file says to its sender meanwhile, and at its end. Immutable. Travels
 * as a direct message of its own form, so that every relay carries it.
 *
 * <p>The sender stays within a window of what is acknowledged: relays part with a reader whose
 * frames pile up.
 *
 * @param bytes received so far
 * @param reason why it is refused, for a person; empty otherwise
 */
@Immutable
public record FileReceipt(String fileId, State state, long bytes, String reason) {

    /** How far the file is. */
    public enum State {
        /** More may come. */
        UNDERWAY,
        /** It is whole, its digest is right, it has its place. */
        WHOLE,
        /** Nothing of it is kept. */
        REFUSED
    }

    private static final Pattern BYTES = Pattern.compile("[0-9]{1,18}");
    private static final int FIELDS = 4;

    /** One OAEP block holds it, with the reason as long as there is room. */
    byte[] toBytes() {
        String head = fileId + "\n" + state + "\n" + bytes + "\n";
        List<String> pieces =
                Texts.pieces(reason, Oaep.PLAINTEXT_BYTES_MAX - Texts.utf8Bytes(head));
        return (head + pieces.getFirst()).getBytes(StandardCharsets.UTF_8);
    }

    /** Null when the bytes are none. */
    static @Nullable FileReceipt of(byte[] bytes) {
        String text = Texts.strict(bytes);
        if (text == null) {
            return null;
        }
        String[] fields = text.split("\n", FIELDS);
        if (fields.length != FIELDS || !BYTES.matcher(fields[2]).matches()) {
            return null;
        }
        for (State state : State.values()) {
            if (state.name().equals(fields[1])) {
                return new FileReceipt(fields[0], state, Long.parseLong(fields[2]), fields[3]);
            }
        }
        return null;
    }
}
