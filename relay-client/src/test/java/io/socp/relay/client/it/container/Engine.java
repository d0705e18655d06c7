package io.socp.relay.client.it.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/**
 * The machine's container engine, with the image under test in it, built once from the jars of this
 * very build. A static {@code @RegisterExtension} field; thread-safe.
 */
final class Engine implements BeforeAllCallback {

    /** On all that tests make, so that whoever ends them in their midst finds it. */
    static final String LABEL = "io.socp.test";

    static final String IMAGE = "socp-relay:it";

    /** Another image of the same relay: what is upgraded to. */
    static final String NEXT_IMAGE = "socp-relay:it-next";

    private static final Path ROOT =
            Path.of(System.getProperty("socp.root", "..")).toAbsolutePath().normalize();

    private static final String WANTED = System.getenv("SOCP_CONTAINERS");

    private static final boolean IS_REQUIRED = "required".equals(WANTED);

    private static final long BUILD_MINUTES_MAX = 5;

    private static boolean isBuilt;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
        Assumptions.assumeFalse("no".equals(WANTED), "SOCP_CONTAINERS=no");
        demand(answers(), "no container engine answers (docker/engine up starts one)");
        build();
    }

    /** Where what is missing fails the run, it fails; elsewhere the test is skipped, saying why. */
    static void demand(boolean isThere, String why) {
        if (IS_REQUIRED) {
            assertThat(isThere).as(why).isTrue();
        }
        Assumptions.assumeTrue(isThere, why);
    }

    static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    /** A place of the sources, as the repository has it. */
    static Path source(String path) {
        return ROOT.resolve(path);
    }

    /** Runs a command to its end and returns what it said; fails with that when it fails. */
    static String run(List<String> command) throws IOException, InterruptedException {
        return run(command, "");
    }

    private static String run(List<String> command, String input)
            throws IOException, InterruptedException {
        Path said = Files.createTempFile("socp-engine-", ".log");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).directory(ROOT.toFile());
            builder.redirectOutput(said.toFile());
            builder.environment().put("SOCP_BUILD", "no");
            builder.environment().put("RUNTIME", "local");
            Process process = builder.start();
            try (var out = process.getOutputStream()) {
                out.write(input.getBytes(StandardCharsets.UTF_8));
            }
            boolean isOver = process.waitFor(BUILD_MINUTES_MAX, TimeUnit.MINUTES);
            if (!isOver) {
                process.destroyForcibly();
            }
            String text = Files.readString(said);
            assertThat(isOver && process.exitValue() == 0).as(command + ": " + text).isTrue();
            return text;
        } finally {
            Files.delete(said);
        }
    }

    /**
     * Runs a command in a container's own network, where it has rights that the container lacks.
     */
    static void inNetworkOf(String containerId, String... command)
            throws IOException, InterruptedException {
        Long pid = client().inspectContainerCmd(containerId).exec().getState().getPidLong();
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(pid), "-n"));
        line.addAll(List.of(command));
        run(line);
    }

    /** Without a socket Testcontainers would look for an engine in every other place. */
    private static boolean answers() {
        boolean isNamed = System.getenv("DOCKER_HOST") != null;
        return (isNamed || Files.exists(Path.of("/var/run/docker.sock")))
                && DockerClientFactory.instance().isDockerAvailable();
    }

    private static synchronized void build() throws IOException, InterruptedException {
        if (!isBuilt) {
            run(List.of(source("docker/build").toString(), IMAGE));
            run(
                    List.of("docker", "build", "-q", "-t", NEXT_IMAGE, "-"),
                    "FROM " + IMAGE + "\nLABEL org.opencontainers.image.version=next\n");
            isBuilt = true;
        }
    }
}
