package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * A relay at a port of its own with a data directory of its own, started as often as a test likes.
 * Used by one thread.
 */
final class RelayNode {

    private static final Pattern READY =
            Pattern.compile("ready id=(\\S+) port=(\\d+) management=(\\d+)");

    private static final String LIST = "bootstrap_servers:\n";

    /** Below the ports that the system gives to outgoing connections, which could take ours. */
    private static final int PORT_MIN = 20_000;

    private static final int PORT_MAX = 32_000;

    private final Processes processes;
    private final String name;
    private final int port = freePort();
    private SocpProcess process;
    private boolean isOverTls;

    RelayNode(Processes processes, String name) throws IOException {
        this.processes = processes;
        this.name = name;
    }

    /** It speaks TLS beside plain SOCP, and is named so to others. */
    RelayNode overTls() {
        isOverTls = true;
        return this;
    }

    /** Starts it, perhaps with options of its own; {@link #awaitReady} sees it up. */
    void start(String... options) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "relay",
                                "--host=127.0.0.1",
                                "--port=" + port,
                                "--management-port=0",
                                "--data-dir=" + name,
                                "--bootstrap=" + name + ".yaml"));
        if (isOverTls) {
            arguments.add("--tls=optional");
        }
        arguments.addAll(List.of(options));
        process = processes.socp(name, arguments.toArray(String[]::new));
    }

    /** Waits for its ready line and returns its server id. */
    String awaitReady() throws InterruptedException {
        Matcher ready = readyLine();
        assertThat(ready.group(2)).isEqualTo(String.valueOf(port));
        return ready.group(1);
    }

    /** Waits until it tells that this many other relays are linked. */
    void awaitPeers(int count, Duration patience) throws InterruptedException {
        URI metrics = URI.create("http://127.0.0.1:" + readyLine().group(3) + "/metrics");
        await().alias("peers of " + name)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(
                        () -> assertThat(get(metrics)).containsPattern("(?m)^socp_peers " + count));
    }

    /** Names others in its bootstrap file, in the standard's shape, with the keys they tell. */
    void introduceTo(List<RelayNode> others) throws IOException, InterruptedException {
        StringBuilder yaml = new StringBuilder(LIST);
        for (RelayNode other : others) {
            yaml.append(entry(other.port, other.publicKey()));
            if (other.isOverTls) {
                yaml.append("    tls: true\n");
            }
        }
        writeBootstrap(yaml.toString());
    }

    /** Names a server of another make in its bootstrap file: where it listens, and its key. */
    void introduceTo(int otherPort, String otherKey) throws IOException {
        writeBootstrap(LIST + entry(otherPort, otherKey));
    }

    int port() {
        return port;
    }

    /** As our own client dials it. */
    String clientUri() {
        return (isOverTls ? "wss" : "ws") + "://127.0.0.1:" + port;
    }

    /** As strangers dial it. */
    String uri() {
        return "ws://127.0.0.1:" + port;
    }

    SocpProcess process() {
        return process;
    }

    /** As the relay information document has it. */
    private String publicKey() throws IOException, InterruptedException {
        String document = get(URI.create("http://127.0.0.1:" + port + "/"));
        return JsonMapper.shared().readTree(document).get("pubkey").stringValue();
    }

    private Matcher readyLine() throws InterruptedException {
        String line = process.await("its ready line", text -> READY.matcher(text).matches());
        Matcher ready = READY.matcher(line);
        assertThat(ready.matches()).isTrue();
        return ready;
    }

    private void writeBootstrap(String yaml) throws IOException {
        Files.writeString(processes.directory().resolve(name + ".yaml"), yaml);
    }

    private static String entry(int port, String key) {
        return "  - host: \"127.0.0.1\"\n    port: %d\n    pubkey: \"%s\"\n".formatted(port, key);
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest question =
                    HttpRequest.newBuilder(uri).timeout(SocpProcess.PATIENCE).build();
            return http.send(question, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static int freePort() throws IOException {
        for (; ; ) {
            int candidate = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate));
                return candidate;
            } catch (BindException taken) {
                // the next one, then
            }
        }
    }
}
