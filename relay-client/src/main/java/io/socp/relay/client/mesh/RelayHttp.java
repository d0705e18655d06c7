package io.socp.relay.client.mesh;

import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a local relay tells by HTTP: its key, and how many peers it has. Thread-safe. */
@ThreadSafe
final class RelayHttp implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String PEERS = "socp_peers ";

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /** The key as it stands in a bootstrap entry, from the relay information document. */
    String publicKey(int port) throws MeshException, InterruptedException {
        String document = get("http://127.0.0.1:" + port + "/");
        try {
            JsonNode key = JsonMapper.shared().readTree(document).path("pubkey");
            if (key.isString()) {
                return key.stringValue();
            }
        } catch (JacksonException notJson) {
            throw new MeshException("the relay at port " + port + " answers no JSON", notJson);
        }
        throw new MeshException("the relay at port " + port + " does not tell its key");
    }

    /** Peers linked, from the metrics; empty when they do not say. */
    OptionalInt peers(int managementPort) throws MeshException, InterruptedException {
        return get("http://127.0.0.1:" + managementPort + "/metrics")
                .lines()
                .filter(line -> line.startsWith(PEERS))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(PEERS.length()).strip()))
                .findFirst();
    }

    @Override
    public void close() {
        client.close();
    }

    private String get(String url) throws MeshException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
        try {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new MeshException(url + " answers " + response.statusCode());
            }
            return response.body();
        } catch (MeshException refused) {
            throw refused;
        } catch (IOException unreachable) {
            throw new MeshException(url + " does not answer: " + unreachable, unreachable);
        }
    }
}
