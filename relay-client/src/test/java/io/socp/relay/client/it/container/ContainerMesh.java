package io.socp.relay.client.it.container;

import static org.awaitility.Awaitility.await;

import io.socp.relay.client.it.container.ContainerRelay.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.containers.Network;

/** Three relays in containers that name each other in their bootstrap files. Used by one thread. */
final class ContainerMesh implements AutoCloseable {

    static final int RELAYS = 3;

    private static final Duration MESH_FORMS_MAX = Duration.ofMinutes(2);

    private final Network control = network(false);
    private final Network between = network(true);
    private final Path settings;
    private final List<ContainerRelay> relays;

    private ContainerMesh(Limits limits) throws IOException {
        settings =
                Files.createTempDirectory(
                        "socp-mesh-",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(Engine.source("docker/mesh/bootstrap.yaml"), settings.resolve("bootstrap.yaml"));
        relays =
                Stream.of("relay-1", "relay-2", "relay-3")
                        .map(name -> new ContainerRelay(name, this, limits, Engine.IMAGE))
                        .toList();
    }

    /** Starts one and waits until every relay is linked with both others. */
    static ContainerMesh start() throws IOException {
        return start(Limits.STANDARD);
    }

    static ContainerMesh start(Limits limits) throws IOException {
        ContainerMesh mesh = new ContainerMesh(limits);
        try {
            mesh.relays.parallelStream().forEach(ContainerRelay::start);
            mesh.awaitWhole(0);
            return mesh;
        } catch (RuntimeException | Error failed) {
            mesh.close();
            throw failed;
        }
    }

    /** Numbered from 1, as its name is. */
    ContainerRelay relay(int number) {
        return relays.get(number - 1);
    }

    List<ContainerRelay> relays() {
        return relays;
    }

    /** Where users and operators come from. */
    Network control() {
        return control;
    }

    /** Where the relays meet. */
    Network between() {
        return between;
    }

    /** Of the network where the relays meet. */
    String subnet() {
        return Engine.client()
                .inspectNetworkCmd()
                .withNetworkId(between.getId())
                .exec()
                .getIpam()
                .getConfig()
                .getFirst()
                .getSubnet();
    }

    /** Mounted where relays look for their settings. */
    Path settings() {
        return settings;
    }

    /** Waits until every relay is linked with both others and knows that many users. */
    void awaitWhole(int users) {
        await().alias("whole mesh").atMost(MESH_FORMS_MAX).until(() -> isWhole(users));
    }

    boolean isWhole(int users) {
        return relays.stream().allMatch(relay -> isLinked(relay, users));
    }

    private static boolean isLinked(ContainerRelay relay, int users) {
        try {
            var status = relay.status();
            return status.path("peers").intValue(0) == RELAYS - 1
                    && status.path("users").intValue(0) == users;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() {
        relays.forEach(ContainerRelay::remove);
        control.close();
        between.close();
        try (Stream<Path> files = Files.list(settings)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(settings);
        } catch (IOException stuck) {
            throw new UncheckedIOException(stuck);
        }
    }

    private static Network network(boolean isInternal) {
        return Network.builder()
                .createNetworkCmdModifier(create ->
                        create.withInternal(isInternal).withLabels(Map.of(Engine.LABEL, "network")))
                .build();
    }
}
