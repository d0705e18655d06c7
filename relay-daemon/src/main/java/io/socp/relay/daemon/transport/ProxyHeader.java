package io.socp.relay.daemon.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.socp.relay.limit.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the PROXY protocol says before a connection's own first byte: version 1, a line of text, or
 * version 2, binary. Checksums and other additions of version 2 are passed over.
 */
sealed interface ProxyHeader {

    /** A line of version 1 with its end. */
    int LINE_BYTES_MAX = 107;

    /** All of a header of version 2; proxies add little to the addresses. */
    int BINARY_BYTES_MAX = 1_024;

    /** Not all of it is there. */
    record Incomplete() implements ProxyHeader {}

    /** It is none, or says nonsense. */
    record Malformed() implements ProxyHeader {}

    /** The proxy speaks for itself, or for something without an address. */
    record Unnamed() implements ProxyHeader {}

    /** The proxy speaks for someone from there. */
    record From(InetSocketAddress remote) implements ProxyHeader {}

    /** Reads one from the start of what came, and skips it if it is whole. */
    static ProxyHeader read(ByteBuf in) {
        int first = in.getUnsignedByte(in.readerIndex());
        return first == Text.FIRST ? Text.read(in) : Binary.read(in);
    }

    /** Version 1. */
    final class Text {

        static final int FIRST = 'P';

        private static final Pattern LINE =
                Pattern.compile(
                        "PROXY (?:UNKNOWN(?: .*)?|(TCP[46]) (\\S+) (\\S+) (\\d{1,5}) (\\d{1,5}))");

        private Text() {}

        private static ProxyHeader read(ByteBuf in) {
            int bytes = Math.min(in.readableBytes(), LINE_BYTES_MAX);
            int end = in.indexOf(in.readerIndex(), in.readerIndex() + bytes, (byte) '\n');
            if (end < 0) {
                return bytes == LINE_BYTES_MAX ? new Malformed() : new Incomplete();
            }
            int length = end - in.readerIndex() - 1;
            if (length < 0 || in.getByte(end - 1) != '\r') {
                return new Malformed();
            }
            String line = in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1);
            in.readerIndex(end + 1);
            Matcher words = LINE.matcher(line);
            if (!words.matches()) {
                return new Malformed();
            }
            return words.group(1) == null ? new Unnamed() : from(words);
        }

        private static boolean isIpv6(String address) {
            return address.indexOf(':') >= 0;
        }

        private static ProxyHeader from(Matcher words) {
            try {
                InetAddress source = Network.address(words.group(2));
                var _ = Network.address(words.group(3));
                int port = Integer.parseInt(words.group(4));
                // By the text: an IPv6 address that stands for one of IPv4 becomes that.
                boolean isIpv6 = words.group(1).equals("TCP6");
                boolean isSound =
                        isIpv6 == isIpv6(words.group(2))
                                && isIpv6 == isIpv6(words.group(3))
                                && Integer.parseInt(words.group(5)) <= Binary.PORT_MAX;
                return isSound ? new From(new InetSocketAddress(source, port)) : new Malformed();
            } catch (IllegalArgumentException nonsense) {
                return new Malformed();
            }
        }
    }

    /** Version 2. */
    final class Binary {

        private static final int PORT_MAX = 65_535;
        private static final byte[] SIGNATURE =
                ByteBufUtil.decodeHexDump("0d0a0d0a000d0a515549540a");
        private static final int FIXED_BYTES = SIGNATURE.length + 4;
        private static final int LOCAL = 0x20;
        private static final int PROXY = 0x21;
        private static final int UNSPECIFIED = 0x00;
        private static final int TCP_OVER_IPV4 = 0x11;
        private static final int TCP_OVER_IPV6 = 0x21;
        private static final int UNIX_STREAM = 0x31;
        private static final int IPV4_BYTES = 4;
        private static final int IPV6_BYTES = 16;

        private Binary() {}

        private static ProxyHeader read(ByteBuf in) {
            int start = in.readerIndex();
            int there = Math.min(in.readableBytes(), SIGNATURE.length);
            for (int i = 0; i < there; i++) {
                if (in.getByte(start + i) != SIGNATURE[i]) {
                    return new Malformed();
                }
            }
            if (in.readableBytes() < FIXED_BYTES) {
                return new Incomplete();
            }
            int length = in.getUnsignedShort(start + SIGNATURE.length + 2);
            if (FIXED_BYTES + length > BINARY_BYTES_MAX) {
                return new Malformed();
            }
            if (in.readableBytes() < FIXED_BYTES + length) {
                return new Incomplete();
            }
            int command = in.getUnsignedByte(start + SIGNATURE.length);
            int family = in.getUnsignedByte(start + SIGNATURE.length + 1);
            ByteBuf body = in.slice(start + FIXED_BYTES, length);
            in.readerIndex(start + FIXED_BYTES + length);
            return switch (command) {
                case LOCAL -> new Unnamed();
                case PROXY -> from(family, body);
                default -> new Malformed();
            };
        }

        private static ProxyHeader from(int family, ByteBuf body) {
            return switch (family) {
                case TCP_OVER_IPV4 -> from(body, IPV4_BYTES);
                case TCP_OVER_IPV6 -> from(body, IPV6_BYTES);
                case UNSPECIFIED, UNIX_STREAM -> new Unnamed();
                default -> new Malformed();
            };
        }

        private static ProxyHeader from(ByteBuf body, int addressBytes) {
            if (body.readableBytes() < 2 * (addressBytes + Short.BYTES)) {
                return new Malformed();
            }
            byte[] source = new byte[addressBytes];
            body.readBytes(source).skipBytes(addressBytes);
            try {
                return new From(
                        new InetSocketAddress(
                                InetAddress.getByAddress(source), body.readUnsignedShort()));
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
