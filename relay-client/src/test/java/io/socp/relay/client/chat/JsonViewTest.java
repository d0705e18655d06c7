package io.socp.relay.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientErrorCode;
import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.FileProgress;
import io.socp.relay.client.FileProgress.Direction;
import io.socp.relay.client.OnlineUser;
import io.socp.relay.client.Sent;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.ServerFrames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines of {@code --json}, letter by letter: scripts rely on them. */
class JsonViewTest {

    private final List<String> lines = new ArrayList<>();
    private final List<String> hints = new ArrayList<>();
    private final JsonView view = new JsonView(lines::add, hints::add);

    @Test
    void shouldWriteReady() {
        view.event(new ClientEvent.Ready(Actors.ALICE, ServerFrames.ID));
        view.event(new ClientEvent.Ready(Actors.ALICE, null));

        assertThat(lines)
                .containsExactly(
                        "{\"event\":\"ready\",\"user\":\"%s\",\"server\":\"%s\"}"
                                .formatted(Actors.ALICE, ServerFrames.ID),
                        "{\"event\":\"ready\",\"user\":\"%s\",\"server\":\"\"}"
                                .formatted(Actors.ALICE));
    }

    @Test
    void shouldWriteMessages() {
        view.event(new ClientEvent.DirectMessage(Actors.BOB, "a \"b\"\n\u001b[2J", 7, true));
        view.event(new ClientEvent.PublicMessage(Actors.BOB, "ü", 8, false, true));

        assertThat(lines)
                .containsExactly(
                        ("{\"event\":\"message\",\"kind\":\"direct\",\"from\":\"%s\","
                                        + "\"text\":\"a \\\"b\\\"\\n\\u001B[2J\",\"ts\":7,"
                                        + "\"verified\":true,\"encrypted\":true}")
                                .formatted(Actors.BOB),
                        ("{\"event\":\"message\",\"kind\":\"public\",\"from\":\"%s\","
                                        + "\"text\":\"ü\",\"ts\":8,\"verified\":false,"
                                        + "\"encrypted\":true}")
                                .formatted(Actors.BOB));
    }

    @Test
    void shouldWriteSent() {
        view.sent(
                new Sent(
                        "12",
                        Actors.BOB.value(),
                        Sent.State.ACCEPTED,
                        true,
                        List.of("0123456789abcdef")));

        assertThat(lines)
                .containsExactly(
                        ("{\"event\":\"sent\",\"ref\":\"12\",\"to\":\"%s\","
                             + "\"state\":\"accepted\",\"encrypted\":true,\"trace\":[\"0123456789abcdef\"]}")
                                .formatted(Actors.BOB));
    }

    @Test
    void shouldWriteTheListWithTheIdWhereThereIsNoName() {
        view.list(List.of(new OnlineUser(Actors.ALICE, "Alice"), new OnlineUser(Actors.BOB, null)));
        view.list(List.of());

        assertThat(lines)
                .containsExactly(
                        ("{\"event\":\"list\",\"users\":[{\"user\":\"%s\",\"name\":\"Alice\"},"
                                        + "{\"user\":\"%s\",\"name\":\"%s\"}]}")
                                .formatted(Actors.ALICE, Actors.BOB, Actors.BOB),
                        "{\"event\":\"list\",\"users\":[]}");
    }

    @Test
    void shouldWriteFiles() {
        view.event(
                new ClientEvent.FileReceived(
                        Actors.BOB, "a.txt", Path.of("/d/a (1).txt"), 3, "ff00", true));

        assertThat(lines)
                .containsExactly(
                        ("{\"event\":\"file\",\"from\":\"%s\",\"name\":\"a.txt\","
                                        + "\"path\":\"/d/a (1).txt\",\"size\":3,"
                                        + "\"sha256\":\"ff00\",\"verified\":true}")
                                .formatted(Actors.BOB));
    }

    @Test
    void shouldWriteTheProgressOfWhatIsSentOnly() {
        for (Direction direction : Direction.values()) {
            view.event(new FileProgress(direction, "f1", "a.txt", "public", 2, 3, false));
        }

        assertThat(lines)
                .containsExactly(
                        "{\"event\":\"progress\",\"file_id\":\"f1\",\"name\":\"a.txt\","
                                + "\"sent\":2,\"size\":3}");
    }

    @Test
    void shouldWritePresence() {
        view.event(new ClientEvent.PresenceChanged(Actors.BOB, "Bob", true));
        view.event(new ClientEvent.PresenceChanged(Actors.BOB, "Bob", false));

        assertThat(lines)
                .containsExactly(
                        "{\"event\":\"presence\",\"user\":\"%s\",\"online\":true}"
                                .formatted(Actors.BOB),
                        "{\"event\":\"presence\",\"user\":\"%s\",\"online\":false}"
                                .formatted(Actors.BOB));
    }

    @Test
    void shouldWriteErrorsOfBothSidesAlike() {
        view.event(new ClientEvent.ServerError("USER_NOT_FOUND", "nobody"));
        view.event(new ClientEvent.ClientError(ClientErrorCode.UNREADABLE, "sealed"));
        view.error("USAGE", "/all <text>");

        assertThat(lines)
                .containsExactly(
                        "{\"event\":\"error\",\"code\":\"USER_NOT_FOUND\",\"detail\":\"nobody\"}",
                        "{\"event\":\"error\",\"code\":\"UNREADABLE\",\"detail\":\"sealed\"}",
                        "{\"event\":\"error\",\"code\":\"USAGE\",\"detail\":\"/all <text>\"}");
    }

    @Test
    void shouldWriteClosed() {
        view.event(new ClientEvent.Closed("going away"));

        assertThat(lines).containsExactly("{\"event\":\"closed\",\"reason\":\"going away\"}");
    }

    @Test
    void shouldKeepHintsOutOfTheLines() {
        view.hint("/list");

        assertThat(lines).isEmpty();
        assertThat(hints).containsExactly("/list");
    }
}
