package io.socp.relay.client.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Starts a test class's processes in a temporary directory, and ends them all with the class.
 *
 * <p>What they said is added to every failure. A static {@code @RegisterExtension} field.
 */
final class Processes
        implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler {

    private static final Path ROOT =
            Path.of(System.getProperty("socp.root", "..")).toAbsolutePath().normalize();

    private final List<SocpProcess> started = new ArrayList<>();
    private Path directory;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        // Not a @TempDir: it must outlive the processes, whatever order extensions end in.
        directory = Files.createTempDirectory("socp-it-");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        started.forEach(SocpProcess::close);
        for (SocpProcess process : started) {
            process.awaitExit();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Processes::delete);
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        for (SocpProcess process : started) {
            failure.addSuppressed(new AssertionError("meanwhile" + process.report()));
        }
        throw failure;
    }

    /** Where the processes run and keep their files. */
    Path directory() {
        return directory;
    }

    /** A place of the sources, as the repository has it. */
    static Path source(String path) {
        return ROOT.resolve(path);
    }

    /** Runs {@code ./socp} with these arguments. */
    SocpProcess socp(String name, String... arguments) throws IOException {
        return socp(name, Map.of(), arguments);
    }

    /** Runs {@code ./socp} with additions to its environment. */
    SocpProcess socp(String name, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(source("socp").toString()));
        command.addAll(List.of(arguments));
        return run(name, environment, command);
    }

    /** Runs any command. */
    SocpProcess run(String name, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Map<String, String> inherited = builder.environment();
        inherited.keySet().removeIf(Processes::steersTheProduct);
        inherited.put("SOCP_BUILD", "no"); // the jars of this very build
        inherited.putAll(environment);
        SocpProcess process = SocpProcess.start(name, builder);
        started.add(process);
        return process;
    }

    private static boolean steersTheProduct(String variable) {
        return variable.startsWith("SOCP_")
                // With these a JVM says on stderr that it has read them.
                || variable.endsWith("JAVA_OPTIONS")
                || variable.equals("JAVA_TOOL_OPTIONS");
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException stuck) {
            throw new UncheckedIOException(stuck);
        }
    }
}
