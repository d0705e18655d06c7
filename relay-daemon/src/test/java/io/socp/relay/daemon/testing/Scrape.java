package io.socp.relay.daemon.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.stream.Stream;

/** The answer of a relay's {@code /metrics}. Immutable. */
public record Scrape(String text) {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static Scrape of(int managementPort) {
        return new Scrape(get(managementPort, "/metrics").body());
    }

    /** The answer to a GET on loopback. */
    public static HttpResponse<String> get(int port, String path) {
        return request(port, path, "GET");
    }

    /** The answer to a request on loopback. */
    public static HttpResponse<String> request(int port, String path, String method) {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build());
    }

    /** The answer to an operator's order on loopback. */
    public static HttpResponse<String> order(int port, String path) {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Socp-Operator", "tester")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build());
    }

    /** The answer to a GET on loopback of somebody who shows a token. */
    public static HttpResponse<String> get(int port, String path, String token) {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token)
                        .build());
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The sum of all samples with this name whose tags contain each of these texts. */
    public double value(String name, String... tags) {
        return samples(name, tags)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Whether there is such a sample. */
    public boolean has(String name, String... tags) {
        return samples(name, tags).findAny().isPresent();
    }

    private Stream<String> samples(String name, String... tags) {
        return text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(tags).stream().allMatch(line::contains));
    }
}
