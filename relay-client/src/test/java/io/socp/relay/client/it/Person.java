package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A user whose client is a process that writes events as JSON. Used by one thread. */
abstract sealed class Person permits ChatPerson, ScriptedPerson {

    private final SocpProcess process;

    Person(SocpProcess process) {
        this.process = process;
    }

    abstract String id();

    abstract void tell(Person to, String text);

    abstract void all(String text);

    /** Holds the client's word on the signatures of a message to what it must be. */
    abstract void assertVerified(JsonNode message);

    /** Sends a file, which {@code to} has when its {@link #awaitFile} returns. */
    abstract void sendFile(Person to, Path file);

    /** Holds the client's word on a received file to what it must be. */
    abstract void assertFile(JsonNode file);

    SocpProcess process() {
        return process;
    }

    /** Waits for a message that others wrote, and for the client's word that it is genuine. */
    void awaitMessage(String kind, Person from, String text) throws InterruptedException {
        JsonNode message =
                awaitEvent(
                        0,
                        "the " + kind + " message '" + text + "'",
                        event -> isMessage(event) && text.equals(string(event, "text")));
        assertThat(string(message, "kind")).isEqualTo(kind);
        assertThat(string(message, "from")).isEqualTo(from.id());
        assertVerified(message);
    }

    /** Waits for a file that another sent: whole, unchanged, and genuine in the client's word. */
    void awaitFile(Person from, Path sent) throws InterruptedException, IOException {
        String name = sent.getFileName().toString();
        JsonNode file =
                awaitEvent(
                        0,
                        "the file " + name,
                        event -> isNamed(event, "file") && string(event, "name").equals(name));
        assertThat(string(file, "from")).isEqualTo(from.id());
        assertThat(file.get("size").longValue()).isEqualTo(Files.size(sent));
        assertThat(string(file, "sha256")).isEqualTo(sha256(sent));
        assertFile(file);
    }

    /** How many messages with this text have arrived so far. */
    long messages(String text) {
        return events().stream()
                .filter(event -> isMessage(event) && text.equals(string(event, "text")))
                .count();
    }

    List<JsonNode> events() {
        return process.lines().stream().map(Person::json).toList();
    }

    /** The first event that is wanted from this index on. */
    final JsonNode awaitEvent(int from, String what, Predicate<JsonNode> wanted)
            throws InterruptedException {
        return json(process.awaitFrom(from, what, line -> wanted.test(json(line))));
    }

    static boolean isNamed(JsonNode event, String name) {
        return name.equals(string(event, "event"));
    }

    static String string(JsonNode event, String field) {
        return event.path(field).stringValue("");
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean isMessage(JsonNode event) {
        return isNamed(event, "message");
    }

    private static JsonNode json(String line) {
        return JsonMapper.shared().readTree(line);
    }
}
