package io.socp.relay.client.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * How the scripts of {@code interop/python} are run: by the interpreter Debian's packages serve.
 */
final class Python {

    private static final String INTERPRETER = "/usr/bin/python3";

    private Python() {}

    /** Starts one of the scripts. */
    static SocpProcess run(Processes processes, String name, String script, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(INTERPRETER, "-B"));
        command.add(Processes.source("interop/python/" + script).toString());
        command.addAll(arguments);
        return processes.run(name, Map.of(), command);
    }

    /** A file with this private key, as the scripts take it. */
    static String pem(Processes processes, TestKeys key) throws IOException {
        Path pem = processes.directory().resolve(UUID.randomUUID() + ".pem");
        return Files.writeString(pem, key.identity().toPem()).toString();
    }

    /** Skips the tests of a class, and says why, where the scripts cannot run. */
    static void assumePackages(Processes processes) throws IOException, InterruptedException {
        boolean hasThem;
        try {
            SocpProcess probe =
                    processes.run(
                            "python-probe",
                            Map.of(),
                            List.of(INTERPRETER, "-c", "import websockets, cryptography"));
            hasThem = probe.awaitExit() == 0;
        } catch (IOException noPython) {
            hasThem = false;
        }
        String word =
                "SKIPPED: %s cannot import websockets and cryptography; on Debian: %s"
                        .formatted(
                                INTERPRETER,
                                "apt-get install python3-websockets python3-cryptography");
        if (!hasThem) {
            System.err.println(word); // Maven counts what is skipped, and does not say why
        }
        assumeTrue(hasThem, word);
    }
}
