package io.socp.relay.client.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays on this machine, each introduced by those before it. Used by one thread, but for {@link
 * #close()}, which a shutdown hook may call as well.
 *
 * <p>Everything the relays write stays in one temporary directory, which goes with the mesh.
 */
public final class LocalMesh implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalMesh.class);

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LINK_UP = Duration.ofSeconds(30);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String launcher;
    private final Path directory;
    private final RelayHttp http = new RelayHttp();
    private final List<RelayProcess> processes = new ArrayList<>();
    private final List<LocalRelay> relays = new ArrayList<>();
    private boolean isClosed;

    /**
     * An empty mesh.
     *
     * @param launcher the script that starts a relay
     */
    public LocalMesh(String launcher) throws IOException {
        this.launcher = launcher;
        this.directory = Files.createTempDirectory("socp-mesh-");
    }

    /** Starts relays one after the other and tells of each, then waits until all are linked. */
    public List<LocalRelay> start(int count, Consumer<LocalRelay> started)
            throws IOException, InterruptedException {
        for (int number = 1; number <= count; number++) {
            LocalRelay relay = startRelay(number);
            relays.add(relay);
            started.accept(relay);
        }
        awaitLinks();
        return List.copyOf(relays);
    }

    private LocalRelay startRelay(int number) throws IOException, InterruptedException {
        Path bootstrap = directory.resolve("relay-" + number + ".yaml");
        if (!relays.isEmpty()) {
            Files.writeString(bootstrap, bootstrapYaml(relays));
        }
        List<String> command =
                List.of(
                        launcher,
                        "relay",
                        "--host=127.0.0.1",
                        "--port=0",
                        "--management-port=0",
                        "--data-dir=" + directory.resolve("relay-" + number),
                        "--bootstrap=" + bootstrap);
        RelayProcess process = launch(command, directory.resolve("relay-" + number + ".log"));
        ReadyLine ready = process.awaitReady(START);
        String key = http.publicKey(ready.port());
        return new LocalRelay(number, ready.id(), ready.port(), ready.managementPort(), key);
    }

    private synchronized RelayProcess launch(List<String> command, Path errors)
            throws MeshException {
        if (isClosed) {
            throw new MeshException("interrupted");
        }
        RelayProcess process = RelayProcess.start(command, errors);
        processes.add(process);
        return process;
    }

    /** In the standard's own shape (SOCP §8). */
    static String bootstrapYaml(List<LocalRelay> introducers) {
        StringBuilder yaml = new StringBuilder("bootstrap_servers:\n");
        for (LocalRelay relay : introducers) {
            yaml.append("  - host: \"127.0.0.1\"\n");
            yaml.append("    port: ").append(relay.port()).append('\n');
            yaml.append("    pubkey: \"").append(relay.publicKey()).append("\"\n");
        }
        return yaml.toString();
    }

    private void awaitLinks() throws MeshException, InterruptedException {
        long deadlineNs = System.nanoTime() + LINK_UP.toNanos();
        for (LocalRelay relay : relays) {
            while (!isLinked(relay)) {
                if (System.nanoTime() > deadlineNs) {
                    throw new MeshException(
                            "relay "
                                    + relay.number()
                                    + " is not linked to all others after "
                                    + LINK_UP.toSeconds()
                                    + " s");
                }
                LockSupport.parkNanos(POLL_NS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    /** A relay that does not tell how many peers it has is taken at its ready line. */
    private boolean isLinked(LocalRelay relay) throws MeshException, InterruptedException {
        if (relay.managementPort() == 0) {
            return true;
        }
        OptionalInt peers = http.peers(relay.managementPort());
        return peers.isEmpty() || peers.getAsInt() >= relays.size() - 1;
    }

    /** Ends the relays and removes what they wrote. May be called again. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        processes.forEach(RelayProcess::terminate);
        processes.forEach(RelayProcess::close);
        http.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(LocalMesh::delete);
        } catch (IOException | UncheckedIOException stuck) {
            log.warn("{} is left behind: {}", directory, stuck.getMessage());
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException stuck) {
            throw new UncheckedIOException(stuck);
        }
    }
}
