package io.socp.relay.daemon.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks a relay's management port. Blocking; one connection for each question.
 *
 * @param token shown where the relay wants one
 */
record ManagementClient(URI url, @Nullable String token) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** An answer: the status and the text. */
    record Answer(int status, String text) {

        boolean isOk() {
            return status == HttpURLConnection.HTTP_OK;
        }
    }

    /** The answer to a question. */
    Answer get(String path) throws IOException {
        return ask("GET", path);
    }

    /** The answer to an order. */
    Answer post(String path) throws IOException {
        return ask("POST", path);
    }

    private Answer ask(String method, String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) url.resolve(path).toURL().openConnection();
        connection.setConnectTimeout(Math.toIntExact(PATIENCE.toMillis()));
        connection.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
        connection.setRequestMethod(method);
        connection.setRequestProperty("Socp-Operator", System.getProperty("user.name", "unknown"));
        if (token != null) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        try {
            int status = connection.getResponseCode();
            InputStream body =
                    status < HttpURLConnection.HTTP_BAD_REQUEST
                            ? connection.getInputStream()
                            : connection.getErrorStream();
            return new Answer(status, body == null ? "" : text(body));
        } catch (IOException unreachable) {
            throw new IOException(
                    "no relay answers at " + url + ": " + unreachable.getMessage(), unreachable);
        }
    }

    private static String text(InputStream body) throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "ManagementClient[" + url + "]";
    }
}
