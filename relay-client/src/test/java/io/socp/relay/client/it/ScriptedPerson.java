package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A user of one of the Python peers, which share no code with this project's Java. */
abstract sealed class ScriptedPerson extends Person permits PythonPerson, PythonServer {

    private final String id;

    ScriptedPerson(String id, SocpProcess process) {
        super(process);
        this.id = id;
    }

    @Override
    final String id() {
        return id;
    }

    @Override
    final void tell(Person to, String text) {
        write(command("tell").put("to", to.id()).put("text", text));
    }

    @Override
    final void all(String text) {
        write(command("all").put("text", text));
    }

    @Override
    final void sendFile(Person to, Path file) {
        write(command("file").put("to", to.id()).put("path", file.toString()));
    }

    /** The author's signature, and on a direct message the relay's as well. */
    @Override
    final void assertVerified(JsonNode message) {
        assertThat(message.path("content_verified").booleanValue(false))
                .as("content_sig of %s", message)
                .isTrue();
        if (string(message, "kind").equals("direct")) {
            assertTransportVerified(message);
        }
    }

    @Override
    final void assertFile(JsonNode file) {
        assertThat(file.path("intact").booleanValue(false)).as("%s", file).isTrue();
        assertTransportVerified(file);
    }

    /** Who has come and not gone, as presence frames have told: exactly these, sorted by id. */
    final void awaitList(Person... people) {
        List<String> ids = Stream.of(people).map(Person::id).sorted().toList();
        await().alias(process().name() + "'s list")
                .atMost(SocpProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(list()).containsExactlyElementsOf(ids));
    }

    /** Ends its input and waits for its end; it has understood all that came. */
    final void quit() throws IOException, InterruptedException {
        process().endInput();
        assertThat(process().awaitExit()).as(process()::report).isZero();
        assertUnderstoodAll();
    }

    /** Nothing came that it could not read, and no ERROR. */
    final void assertUnderstoodAll() {
        assertThat(events())
                .noneMatch(event -> event.has("unreadable"))
                .noneMatch(event -> string(event, "type").equals("ERROR"))
                .noneMatch(event -> isNamed(event, "failed"));
    }

    final void write(ObjectNode command) {
        process().write(command.toString());
    }

    static ObjectNode command(String what) {
        return JsonMapper.shared().createObjectNode().put("do", what);
    }

    private List<String> list() throws InterruptedException {
        int from = process().lines().size();
        write(command("list"));
        JsonNode list = awaitEvent(from, "a list", event -> isNamed(event, "list"));
        List<String> users = new ArrayList<>();
        list.get("users").forEach(user -> users.add(user.stringValue("")));
        return users;
    }

    private static void assertTransportVerified(JsonNode event) {
        assertThat(event.path("transport_verified").booleanValue(false))
                .as("the transport signature of %s", event)
                .isTrue();
    }
}
