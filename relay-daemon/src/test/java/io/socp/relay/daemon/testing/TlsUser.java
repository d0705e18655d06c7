package io.socp.relay.daemon.testing;

import io.socp.relay.crypto.IdentityTrust;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.ScriptedEnd;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.awaitility.Awaitility;

/**
 * A user at the other end of a TLS socket, with a WebSocket of its own making: others do not tell
 * the headers of the upgrade. Thread-safe for one test.
 */
public final class TlsUser implements AutoCloseable {

    private static final int TEXT = 0x81;
    private static final int LENGTH_IN_TWO_BYTES = 126;

    private final Queue<Envelope> received = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SSLSocket socket;
    private final OutputStream out;
    private final String nonce;

    private TlsUser(SSLSocket socket) throws IOException {
        this.socket = socket;
        out = socket.getOutputStream();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        out.write(
                ("GET / HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + "Sec-WebSocket-Version: 13\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        nonce = nonceIn(in);
        Thread.ofVirtual().start(() -> read(in));
    }

    /** Connects and says nothing. */
    public static TlsUser connect(int port) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new IdentityTrust(Instant::now)}, null);
            return new TlsUser(
                    (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The nonce that the server has shown on this connection; empty for none. */
    public String nonce() {
        return nonce;
    }

    /** Sends the envelope with the time of now, in one masked frame of text. */
    public TlsUser send(EnvelopeBuilder envelope) {
        byte[] text = envelope.ts(System.currentTimeMillis()).build().bytes();
        // A mask of zeros masks nothing.
        ByteBuffer frame = ByteBuffer.allocate(text.length + 8);
        frame.put((byte) TEXT)
                .put((byte) (0x80 | LENGTH_IN_TWO_BYTES))
                .putShort((short) text.length)
                .putInt(0)
                .put(text);
        try {
            out.write(frame.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public List<Envelope> received(String type) {
        return received.stream().filter(e -> e.type().equals(type)).toList();
    }

    /** Waits for the first envelope of this type. */
    public Envelope await(String type) {
        return await(type, _ -> true);
    }

    /** Waits for the first envelope of this type that is as wanted. */
    public Envelope await(String type, Predicate<Envelope> wanted) {
        return Awaitility.await(type)
                .atMost(SocketUser.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> received(type).stream().filter(wanted).findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until an ERROR with this code has come; its detail. */
    public String awaitError(String code) {
        return ScriptedEnd.text(
                await("ERROR", e -> ScriptedEnd.text(e, "code").equals(code)), "detail");
    }

    /** Whether the relay closes in time. */
    public boolean awaitClose() throws InterruptedException {
        return closed.await(SocketUser.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nonceIn(DataInputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString()
                .lines()
                .filter(line ->
                        line.regionMatches(
                                true, 0, LinkChallenge.HEADER, 0, LinkChallenge.HEADER.length()))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    private void read(DataInputStream in) {
        try {
            while (in.readUnsignedByte() == TEXT) {
                int length = in.readUnsignedByte();
                byte[] text =
                        new byte[length == LENGTH_IN_TWO_BYTES ? in.readUnsignedShort() : length];
                in.readFully(text);
                received.add(EnvelopeBuilder.decode(text));
            }
        } catch (IOException over) {
            // closed says so.
        }
        closed.countDown();
    }
}
