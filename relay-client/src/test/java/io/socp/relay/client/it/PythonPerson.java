package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A user of the strict Python client, which shares no code with this project's Java. */
final class PythonPerson extends Person {

    static final String PYTHON = "/usr/bin/python3";

    private final String id;

    private PythonPerson(String id, SocpProcess process) {
        super(process);
        this.id = id;
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
        Path pem = processes.directory().resolve(id + ".pem");
        Files.writeString(pem, key.identity().toPem());
        List<String> command = new ArrayList<>();
        command.addAll(List.of(PYTHON, "-B"));
        command.add(Processes.source("interop/python/strict_client.py").toString());
        command.addAll(List.of("--url", relay.uri(), "--id", id, "--key", pem.toString()));
        command.addAll(style);
        return new PythonPerson(id, processes.run(name, Map.of(), command));
    }

    @Override
    String id() {
        return id;
    }

    void awaitHello() throws InterruptedException {
        awaitEvent(0, "its hello", event -> isNamed(event, "hello-sent"));
    }

    @Override
    void tell(Person to, String text) {
        write(command("tell").put("to", to.id()).put("text", text));
    }

    @Override
    void all(String text) {
        write(command("all").put("text", text));
    }

    /** The author's signature, and on a direct message the relay's as well. */
    @Override
    void assertVerified(JsonNode message) {
        assertThat(message.path("content_verified").booleanValue(false))
                .as("content_sig of %s", message)
                .isTrue();
        if (string(message, "kind").equals("direct")) {
            assertThat(message.path("transport_verified").booleanValue(false))
                    .as("the relay's sig of %s", message)
                    .isTrue();
        }
    }

    private void write(ObjectNode command) {
        process().write(command.toString());
    }

    private static ObjectNode command(String what) {
        return JsonMapper.shared().createObjectNode().put("do", what);
    }
}
