package io.socp.relay.daemon.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a relay's management port. Blocking; one connection for each question.
 *
 * @param token shown where the relay wants one
 */
record ManagementClient(URI url, @Nullable String token) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The longest answer that is read: some ten times what a busy relay has to say. */
    static final int ANSWER_BYTES_MAX = 8 << 20;

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

    /** The document that answers a question. */
    JsonNode document(String path) throws IOException {
        Answer answer = get(path);
        if (!answer.isOk()) {
            throw new IOException(answer.status() + ": " + answer.text().strip());
        }
        try {
            return JsonMapper.shared().readTree(answer.text());
        } catch (JacksonException malformed) {
            throw new IOException(url + " answers with something else", malformed);
        }
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

    private String text(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(ANSWER_BYTES_MAX + 1);
        if (bytes.length > ANSWER_BYTES_MAX) {
            throw new IOException("an answer of more than " + ANSWER_BYTES_MAX + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "ManagementClient[" + url + "]";
    }
}
