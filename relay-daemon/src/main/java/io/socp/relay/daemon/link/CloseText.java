package io.socp.relay.daemon.link;

import io.socp.relay.ownership.Immutable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;

/** The text of a close frame, whose length is bounded. Immutable; stateless. */
@Immutable
final class CloseText {

    /** RFC 6455 §5.5 allows 125 bytes with the code. */
    private static final int BYTES_MAX = 123;

    private CloseText() {}

    /** The text, or as much of it as fits. */
    static String fitting(String text) {
        ByteBuffer room = ByteBuffer.allocate(BYTES_MAX);
        var _ = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text), room, true);
        return new String(room.array(), 0, room.position(), StandardCharsets.UTF_8);
    }
}
