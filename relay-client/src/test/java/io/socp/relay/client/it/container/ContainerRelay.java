package io.socp.relay.client.it.container;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One relay in a container, as hardened as {@code compose.yaml} has it: users and operators reach
 * it by one network, the other relays by another. Its data outlives the container. Used by one
 * thread.
 */
final class ContainerRelay {

    static final String TOKEN = "a token for tests alone";

    private static final int PORT = 8_765;
    private static final int MANAGEMENT_PORT = 9_765;
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final int STOP_SECONDS_MAX = 30;

    private final String name;
    private final ContainerMesh mesh;
    private final String dataVolume;
    private final int port = FreePorts.next();
    private final int managementPort = FreePorts.next();
    private final HttpClient http = HttpClient.newHttpClient();
    private Container container;

    /** What a relay may use. */
    record Limits(long memoryBytes, Map<String, String> tmpfs) {

        static final Limits STANDARD =
                new Limits(256L << 20, Map.of("/tmp", "exec,mode=1777,size=64m"));
    }

    ContainerRelay(String name, ContainerMesh mesh, Limits limits, String image) {
        this.name = name;
        this.mesh = mesh;
        this.dataVolume =
                Engine.client()
                        .createVolumeCmd()
                        .withLabels(Map.of(Engine.LABEL, "volume"))
                        .exec()
                        .getName();
        this.container = new Container(image, limits);
    }

    /** Starts it for the first time. */
    void start() {
        container.start();
    }

    String name() {
        return name;
    }

    String id() {
        return container.getContainerId();
    }

    /** By which other relays know it. */
    String alias() {
        return name + ".mesh";
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + port);
    }

    /** Where operators ask, from this machine. */
    String management() {
        return "127.0.0.1:" + managementPort;
    }

    InspectContainerResponse inspect() {
        return Engine.client().inspectContainerCmd(id()).exec();
    }

    String log() {
        return container.getLogs();
    }

    /** SIGTERM, and what a container engine does when that does not help in time. */
    void terminate() {
        Engine.client().stopContainerCmd(id()).withTimeout(STOP_SECONDS_MAX).exec();
    }

    void kill() {
        Engine.client().killContainerCmd(id()).withSignal("KILL").exec();
    }

    /** The same container again. */
    void startAgain() {
        Engine.client().startContainerCmd(id()).exec();
    }

    /** Stops the container and starts another one, of that image, with the same data. */
    void replaceBy(String image) {
        Limits limits = container.limits;
        terminate();
        container.stop();
        container = new Container(image, limits);
        container.start();
    }

    void pause() {
        Engine.client().pauseContainerCmd(id()).exec();
    }

    void unpause() {
        Engine.client().unpauseContainerCmd(id()).exec();
    }

    void leaveMesh() {
        Engine.client()
                .disconnectFromNetworkCmd()
                .withContainerId(id())
                .withNetworkId(mesh.between().getId())
                .exec();
    }

    void joinMesh() {
        Engine.client()
                .connectToNetworkCmd()
                .withContainerId(id())
                .withNetworkId(mesh.between().getId())
                .withContainerNetwork(new ContainerNetwork().withAliases(alias()))
                .exec();
    }

    /** From now on nothing of the other relays reaches it, though it reaches them. */
    void turnDeaf() throws IOException, InterruptedException {
        Engine.inNetworkOf(id(), "iptables", "-A", "INPUT", "-s", mesh.subnet(), "-j", "DROP");
    }

    void hearAgain() throws IOException, InterruptedException {
        Engine.inNetworkOf(id(), "iptables", "-F", "INPUT");
    }

    void awaitReady() {
        await().alias(name + " ready").atMost(START_MAX).until(() -> answers("/readyz"));
    }

    /** Whether an operator's question is answered with 200. */
    boolean answers(String path) {
        try {
            return ask(path).statusCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /** Servers linked and users known, as it says itself. */
    JsonNode status() throws IOException {
        return JsonMapper.shared().readTree(ask("/api/v1/status").body());
    }

    HttpResponse<String> ask(String path) throws IOException {
        HttpRequest question =
                HttpRequest.newBuilder(URI.create("http://" + management() + path))
                        .header("Authorization", "Bearer " + TOKEN)
                        .timeout(Duration.ofSeconds(5))
                        .build();
        try {
            return http.send(question, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException(ended);
        }
    }

    void remove() {
        container.stop();
        http.close();
        Engine.client().removeVolumeCmd(dataVolume).exec();
    }

    /** The container of the moment. */
    private final class Container extends GenericContainer<Container> {

        private final Limits limits;

        Container(String image, Limits limits) {
            super(DockerImageName.parse(image));
            this.limits = limits;
            withImagePullPolicy(_ -> false);
            withNetwork(mesh.control());
            withNetworkAliases(name);
            withLabel(Engine.LABEL, "relay");
            withEnv("SOCP_ADVERTISE", alias() + ":" + PORT);
            withEnv("SOCP_MANAGEMENT_HOST", "0.0.0.0");
            withEnv("SOCP_MANAGEMENT_TOKEN", TOKEN);
            withExposedPorts(PORT, MANAGEMENT_PORT);
            withCreateContainerCmdModifier(create -> harden(create.getHostConfig()));
            waitingFor(Wait.forLogMessage(".*ready id=.*\\n", 1).withStartupTimeout(START_MAX));
        }

        /** Fixed ports: those that the engine gives change whenever a network comes or goes. */
        private void harden(HostConfig host) {
            host.withPortBindings(
                            PortBinding.parse("127.0.0.1:" + port + ":" + PORT),
                            PortBinding.parse(
                                    "127.0.0.1:" + managementPort + ":" + MANAGEMENT_PORT))
                    .withBinds(
                            new Bind(dataVolume, new Volume("/data")),
                            Bind.parse(mesh.settings() + ":/etc/socp:ro"))
                    .withMemory(limits.memoryBytes())
                    .withMemorySwap(limits.memoryBytes())
                    .withReadonlyRootfs(true)
                    .withTmpFs(limits.tmpfs())
                    .withCapDrop(com.github.dockerjava.api.model.Capability.ALL)
                    .withSecurityOpts(List.of("no-new-privileges:true"));
        }

        /** Before it starts, or it would look for its peers in vain. */
        @Override
        protected void containerIsCreated(String containerId) {
            Engine.client()
                    .connectToNetworkCmd()
                    .withContainerId(containerId)
                    .withNetworkId(mesh.between().getId())
                    .withContainerNetwork(new ContainerNetwork().withAliases(alias()))
                    .exec();
        }
    }
}
