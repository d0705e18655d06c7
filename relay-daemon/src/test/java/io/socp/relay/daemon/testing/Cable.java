package io.socp.relay.daemon.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stretch of network in front of a relay: connections to its port go on to the relay, until the
 * test breaks them. Thread-safe for one test.
 */
public final class Cable implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile State state = State.WHOLE;

    private enum State {
        WHOLE,
        /** What is sent is acknowledged and vanishes. */
        SWALLOWING,
        /** Nobody is connected, or gets connected. */
        CUT
    }

    public Cable() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Where it begins. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Where it leads. */
    public void leadTo(int port) {
        target = port;
    }

    /** From now on all bytes vanish, both ways, and nobody is told. */
    public void swallow() {
        state = State.SWALLOWING;
    }

    /** Every connection is reset, and every new one. */
    public void cut() {
        state = State.CUT;
        sockets.forEach(Cable::reset);
        sockets.clear();
    }

    /** What was under way is lost; new connections are whole. */
    public void heal() {
        if (state == State.SWALLOWING) {
            cut();
        }
        state = State.WHOLE;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void accept() {
        try {
            while (true) {
                join(listener.accept());
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void join(Socket near) {
        if (state == State.CUT) {
            reset(near);
            return;
        }
        try {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(near);
            sockets.add(far);
            Thread.ofVirtual().start(() -> pump(near, far));
            Thread.ofVirtual().start(() -> pump(far, near));
        } catch (IOException nobodyThere) {
            reset(near);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to) {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                if (state == State.WHOLE) {
                    to.getOutputStream().write(buffer, 0, n);
                }
            }
        } catch (IOException broken) {
            // So is the other half.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException gone) {
            // It is gone.
        }
    }
}
