package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The strict Python server, and the one user it hosts. */
final class PythonServer extends ScriptedPerson {

    private final String serverId;

    private PythonServer(String serverId, String userId, SocpProcess process) {
        super(userId, process);
        this.serverId = serverId;
    }

    /** Starts the server alone; others may join it. */
    static PythonServer start(
            Processes processes, String name, TestKeys key, TestKeys userKey, String... style)
            throws IOException {
        String server = UUID.randomUUID().toString();
        String user = UUID.randomUUID().toString();
        List<String> arguments = new ArrayList<>(List.of("--id", server, "--user", user));
        arguments.addAll(List.of("--key", Python.pem(processes, key)));
        arguments.addAll(List.of("--user-key", Python.pem(processes, userKey)));
        arguments.addAll(List.of(style));
        return new PythonServer(
                server, user, Python.run(processes, name, "strict_server.py", arguments));
    }

    String serverId() {
        return serverId;
    }

    /** What it tells of itself once it listens: {@code port} and {@code pubkey}. */
    JsonNode awaitListening() throws InterruptedException {
        return awaitEvent(0, "its port", event -> isNamed(event, "listening"));
    }

    /** The answer to its JOIN, which it has verified with the introducer's pinned key. */
    JsonNode awaitWelcome() throws InterruptedException {
        JsonNode welcome = awaitEvent(0, "a welcome", event -> isNamed(event, "welcome"));
        assertThat(welcome.path("verified").booleanValue(false)).as("%s", welcome).isTrue();
        return welcome.get("frame");
    }

    /** Waits for a link to this server, and returns the frame that made it one. */
    JsonNode awaitLinked(String server, String by) throws InterruptedException {
        JsonNode linked =
                awaitEvent(
                        0,
                        "a link to " + server + " by " + by,
                        event ->
                                isNamed(event, "linked")
                                        && string(event, "server").equals(server)
                                        && string(event, "by").equals(by));
        return linked.get("frame");
    }

    /** Waits for a frame of this server that its own signature covers. */
    void awaitSigned(String what, String server) throws InterruptedException {
        JsonNode signed =
                awaitEvent(
                        0,
                        what + " of " + server,
                        event -> isNamed(event, what) && string(event, "server").equals(server));
        assertThat(signed.path("verified").booleanValue(false)).as("%s", signed).isTrue();
    }

    /** Its user goes, and the server says so. */
    void userLeaves() {
        write(command("leave"));
    }

    /** Its user comes, and the server says so. */
    void userArrives() {
        write(command("arrive"));
    }
}
