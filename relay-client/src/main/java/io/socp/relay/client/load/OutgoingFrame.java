package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.ownership.Immutable;

/**
 * An envelope but for one number, mostly its {@code ts}, and its form as one masked WebSocket text
 * frame (RFC 6455 §5.2). Immutable; the arrays are shared.
 */
@Immutable
final class OutgoingFrame {

    private static final int HEADER_BYTES_MAX = 14;
    private static final int TEXT_FINAL = 0x81;
    private static final int MASKED = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int DIGITS_MAX = 19;

    /** Any will do; the same for all, so that it is no work. */
    private static final int MASK = 0x5c3a9e71;

    private static final long MASK_TWICE = ((long) MASK << 32) | (MASK & 0xffffffffL);

    private final byte[] head;
    private final byte[] tail;

    /**
     * A frame of two parts.
     *
     * @param head up to the number, such as to {@code "ts":}
     * @param tail from behind its digits
     */
    OutgoingFrame(byte[] head, byte[] tail) {
        this.head = head;
        this.tail = tail;
    }

    /** The beginning of an envelope in standard form. */
    static byte[] head(MessageType type, UserId from, String to) {
        return "{\"type\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"ts\":"
                .formatted(type.name(), from.value(), to)
                .getBytes(US_ASCII);
    }

    /** The frame with its number; the caller releases it. */
    ByteBuf encode(ByteBufAllocator allocator, long number) {
        ByteBuf frame =
                allocator.directBuffer(HEADER_BYTES_MAX + head.length + DIGITS_MAX + tail.length);
        frame.writerIndex(HEADER_BYTES_MAX);
        frame.writeBytes(head);
        writeDigits(frame, number);
        frame.writeBytes(tail);
        mask(frame, HEADER_BYTES_MAX, frame.writerIndex());
        int header = header(frame.writerIndex() - HEADER_BYTES_MAX);
        frame.readerIndex(HEADER_BYTES_MAX - header);
        writeHeader(frame, HEADER_BYTES_MAX - header, frame.writerIndex() - HEADER_BYTES_MAX);
        return frame;
    }

    private static void writeDigits(ByteBuf frame, long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int start = frame.writerIndex();
        long rest = number;
        for (int i = start + digits - 1; i >= start; i--) {
            frame.setByte(i, '0' + (int) (rest % 10));
            rest /= 10;
        }
        frame.writerIndex(start + digits);
    }

    private static void mask(ByteBuf frame, int start, int end) {
        int i = start;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            frame.setLong(i, frame.getLong(i) ^ MASK_TWICE);
        }
        for (int shift = 24; i < end; i++, shift = shift == 0 ? 24 : shift - 8) {
            frame.setByte(i, frame.getByte(i) ^ (MASK >>> shift));
        }
    }

    private static int header(int length) {
        int lengthBytes = length < LENGTH_16 ? 0 : length <= 0xffff ? Short.BYTES : Long.BYTES;
        return 2 + lengthBytes + Integer.BYTES;
    }

    private static void writeHeader(ByteBuf frame, int at, int length) {
        frame.setByte(at, TEXT_FINAL);
        int next = at + 2;
        if (length < LENGTH_16) {
            frame.setByte(at + 1, MASKED | length);
        } else if (length <= 0xffff) {
            frame.setByte(at + 1, MASKED | LENGTH_16);
            frame.setShort(next, length);
            next += Short.BYTES;
        } else {
            frame.setByte(at + 1, MASKED | LENGTH_64);
            frame.setLong(next, length);
            next += Long.BYTES;
        }
        frame.setInt(next, MASK);
    }
}
