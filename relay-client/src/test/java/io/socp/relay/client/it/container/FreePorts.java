package io.socp.relay.client.it.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of this machine for containers that come and go, each given once. Thread-safe. */
final class FreePorts {

    /** Below the ports that the system gives to outgoing connections, which could take ours. */
    private static final int PORT_MIN = 20_000;

    private static final int PORT_MAX = 32_000;

    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {}

    static synchronized int next() {
        for (; ; ) {
            int candidate = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            if (isFree(candidate) && GIVEN.add(candidate)) {
                return candidate;
            }
        }
    }

    private static boolean isFree(int candidate) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate));
            return true;
        } catch (BindException taken) {
            return false;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
