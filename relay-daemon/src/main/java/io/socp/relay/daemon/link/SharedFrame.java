package io.socp.relay.daemon.link;

import io.netty.buffer.ByteBuf;
import io.socp.relay.ownership.EventLoopConfined;
import org.jspecify.annotations.Nullable;

/**
 * One envelope for many links of one loop: a whole WebSocket text frame, somewhere in a run of
 * them. Event-loop confined, and good until the task ends that shares it.
 *
 * <p>What a server sends is not masked, so the frame is the same for all who dialled us.
 */
@EventLoopConfined
public final class SharedFrame {

    /** FIN, and the opcode of text (RFC 6455 §5.2). */
    private static final int FINAL_TEXT = 0x81;

    private static final int SHORT_LENGTH_MAX = 125;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final int EIGHT_BYTE_LENGTH = 127;
    private static final int TWO_BYTE_LENGTH_MAX = 0xffff;
    private static final int HEADER_BYTES_MAX = 2 + Long.BYTES;

    private final ByteBuf run;
    private final int start;
    private final int envelopeStart;
    private final int end;

    private SharedFrame(ByteBuf run, int start, int envelopeStart, int end) {
        this.run = run;
        this.start = start;
        this.envelopeStart = envelopeStart;
        this.end = end;
    }

    /** How many bytes a frame takes at most. */
    static int bytesMax(byte[] envelope) {
        return HEADER_BYTES_MAX + envelope.length;
    }

    /** The frame around a copy of these bytes, at the end of a run with room for it. */
    static SharedFrame in(ByteBuf run, byte[] envelope) {
        int start = run.writerIndex();
        run.writeByte(FINAL_TEXT);
        if (envelope.length <= SHORT_LENGTH_MAX) {
            run.writeByte(envelope.length);
        } else if (envelope.length <= TWO_BYTE_LENGTH_MAX) {
            run.writeByte(TWO_BYTE_LENGTH).writeShort(envelope.length);
        } else {
            run.writeByte(EIGHT_BYTE_LENGTH).writeLong(envelope.length);
        }
        int envelopeStart = run.writerIndex();
        run.writeBytes(envelope);
        return new SharedFrame(run, start, envelopeStart, run.writerIndex());
    }

    /** Whether it begins where something else in the same run ends. */
    @SuppressWarnings("ReferenceEquality") // the very same memory, not the same bytes
    boolean follows(@Nullable ByteBuf otherRun, int otherEnd) {
        return run == otherRun && start == otherEnd;
    }

    ByteBuf run() {
        return run;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /**
     * The envelope in it, for a link that frames by itself or later; the reference is the caller's.
     */
    ByteBuf envelope() {
        return run.retainedSlice(envelopeStart, end - envelopeStart);
    }
}
