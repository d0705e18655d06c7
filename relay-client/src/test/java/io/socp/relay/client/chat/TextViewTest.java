package io.socp.relay.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.Sent;
import io.socp.relay.client.testing.Actors;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines for a person. */
class TextViewTest {

    private static final long NOON_MS = 12 * 3_600_000L;

    private final List<String> lines = new ArrayList<>();
    private final UserNames names = new UserNames();
    private final TextView view = new TextView(lines::add, names, ZoneOffset.UTC);

    @Test
    void shouldSayWhoWroteWhenAndWhetherItIsVerified() {
        names.onEvent(new ClientEvent.PresenceChanged(Actors.BOB, "Bob", true));

        view.event(new ClientEvent.DirectMessage(Actors.BOB, "hi", NOON_MS, true));
        view.event(new ClientEvent.PublicMessage(Actors.CAROL, "hi", NOON_MS, false, false));

        assertThat(lines)
                .containsExactly(
                        "12:00:00 Bob (b0b00000) to you: hi",
                        "12:00:00 ca201000 to all [open] [NOT VERIFIED]: hi");
    }

    @Test
    void shouldNotLetAMessageSteerTheTerminal() {
        view.event(
                new ClientEvent.DirectMessage(
                        Actors.BOB, "\u001b[2Ja\r\nb\u202ec\u2028d👩‍👧", NOON_MS, true));

        assertThat(lines).containsExactly("12:00:00 b0b00000 to you: �[2Ja��b�c�d👩‍👧");
    }

    @Test
    void shouldSayWhoCanReadWhatIsSaidToAll() {
        view.event(new ClientEvent.PublicMessage(Actors.CAROL, "hi", NOON_MS, true, true));
        view.sent(new Sent("1", "public", Sent.State.ACCEPTED, true));
        view.sent(new Sent("2", "public", Sent.State.ACCEPTED, false));

        assertThat(lines)
                .containsExactly(
                        "12:00:00 ca201000 to all [encrypted]: hi",
                        "  sent to all [encrypted]",
                        "  sent to all [open]");
    }

    @Test
    void shouldSayWhereAFileLies() {
        view.event(
                new ClientEvent.FileReceived(
                        Actors.BOB, "a.txt", Path.of("/d/a.txt"), 3, "ff00", false));

        assertThat(lines).containsExactly("* file from b0b00000 [NOT VERIFIED]: /d/a.txt, 3 bytes");
    }
}
