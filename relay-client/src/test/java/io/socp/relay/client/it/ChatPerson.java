package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A user of {@code ./socp chat PROFILE --json}. */
final class ChatPerson extends Person {

    private ChatPerson(SocpProcess process) {
        super(process);
    }

    /** Starts the client; its profile is made when it is missing. */
    static ChatPerson start(Processes processes, String name, RelayNode relay) throws IOException {
        return new ChatPerson(
                processes.socp(
                        name, "chat", name + ".json", "--json", "--server", relay.clientUri()));
    }

    /** Writes the profile of a new user whose key was made before: making one takes seconds. */
    static String writeProfile(Processes processes, String name, TestKeys key) throws IOException {
        String file = name + ".json";
        String profile =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("version", 1)
                        .put("id", UUID.randomUUID().toString())
                        .put("public_key", key.publicKey().text())
                        .put("private_key", key.identity().toPem())
                        .toString();
        Files.writeString(processes.directory().resolve(file), profile);
        return file;
    }

    /** From the ready event, once it is there. */
    @Override
    String id() {
        return string(
                events().stream().filter(e -> isNamed(e, "ready")).findFirst().orElseThrow(),
                "user");
    }

    void awaitReady() throws InterruptedException {
        awaitEvent(0, "its ready event", event -> isNamed(event, "ready"));
    }

    @Override
    void tell(Person to, String text) {
        process().write("/tell " + to.id() + " " + text);
    }

    @Override
    void all(String text) {
        process().write("/all " + text);
    }

    @Override
    void assertVerified(JsonNode message) {
        assertThat(message.path("verified").booleanValue(false)).as("%s", message).isTrue();
    }

    @Override
    void sendFile(Person to, Path file) {
        process().write("/file " + to.id() + " " + file);
    }

    @Override
    void assertFile(JsonNode file) {
        assertThat(file.path("verified").booleanValue(false)).as("%s", file).isTrue();
        assertThat(Path.of(string(file, "path"))).isRegularFile();
    }

    /** Waits to be told, unasked, that another user is there. */
    void awaitPresence(Person other) throws InterruptedException {
        awaitEvent(
                0,
                "the presence of " + other.process().name(),
                event ->
                        isNamed(event, "presence")
                                && string(event, "user").equals(other.id())
                                && event.path("online").booleanValue(false));
    }

    /** Who is online, as the client shows it now. */
    List<String> list() throws InterruptedException {
        int from = process().lines().size();
        process().write("/list");
        JsonNode list = awaitEvent(from, "a list", event -> isNamed(event, "list"));
        List<String> users = new ArrayList<>();
        list.get("users").forEach(row -> users.add(string(row, "user")));
        return users;
    }

    /** Asks until exactly these are online, sorted by id. */
    void awaitList(Duration patience, Person... people) {
        List<String> ids = Stream.of(people).map(Person::id).sorted().toList();
        await().alias(process().name() + "'s list")
                .atMost(patience)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(list()).containsExactlyElementsOf(ids));
    }
}
