package io.socp.relay.daemon.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The entry point of a container's health check: exit 0 when the relay beside it takes users, 1
 * when not. {@code ctl health} without its command line, logging and HTTP client, because it is run
 * every few seconds in a JVM of its own.
 */
final class HealthCheck {

    private static final int PATIENCE_MS = 3_000;

    /** As far as the status and a reason go. */
    private static final int ANSWER_BYTES_MAX = 4_096;

    private static final int DEFAULT_PORT = 9_765;

    private static final String READINESS = "/readyz";

    private static final String GOOD = "HTTP/1.1 200 ";

    private HealthCheck() {}

    /** Asks once. */
    public static void main(String[] args) {
        String trouble = trouble(System.getenv());
        if (!trouble.isEmpty()) {
            System.err.println(trouble);
            System.exit(1);
        }
    }

    /** Why the relay takes nobody; empty when it does. */
    static String trouble(Map<String, String> environment) {
        try {
            InetSocketAddress port = managementPort(environment);
            String answer = answer(port, READINESS);
            return isGood(answer) ? "" : answer;
        } catch (IOException | IllegalArgumentException unreachable) {
            return "no relay answers: " + unreachable.getMessage();
        }
    }

    private static InetSocketAddress managementPort(Map<String, String> environment) {
        String port = environment.getOrDefault("SOCP_MANAGEMENT_PORT", "");
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(),
                port.isEmpty() ? DEFAULT_PORT : Integer.parseInt(port));
    }

    static boolean isGood(String answer) {
        return answer.startsWith(GOOD);
    }

    /** What a relay's management port says of itself at a path, or the beginning of it. */
    static String answer(InetSocketAddress port, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(port, PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            String question =
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }
}
