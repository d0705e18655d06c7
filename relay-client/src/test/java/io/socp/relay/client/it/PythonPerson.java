package io.socp.relay.client.it;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A user of the strict Python client. */
final class PythonPerson extends ScriptedPerson {

    private PythonPerson(String id, SocpProcess process) {
        super(id, process);
    }

    /**
     * Starts the client as a new user.
     *
     * @param key whose key the user has
     * @param style further options: how the client writes keys and signatures
     */
    static PythonPerson start(
            Processes processes, String name, TestKeys key, RelayNode relay, List<String> style)
            throws IOException {
        String id = UUID.randomUUID().toString();
        List<String> arguments =
                new ArrayList<>(List.of("--url", relay.uri(), "--id", id, "--key"));
        arguments.add(Python.pem(processes, key));
        arguments.addAll(style);
        return new PythonPerson(id, Python.run(processes, name, "strict_client.py", arguments));
    }

    void awaitHello() throws InterruptedException {
        awaitEvent(0, "its hello", event -> isNamed(event, "hello-sent"));
    }
}
