package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.Test;

/** A terminal that the test holds. */
class TopScreenTest {

    private static final String OTHER_SCREEN = "\033[?1049h";
    private static final String FIRST_SCREEN = "\033[?1049l";
    private static final String CURSOR = "\033[?25h";

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @Test
    void shouldTakeTheOtherScreenWithoutEchoAndGiveBackTheFirst() throws Exception {
        Terminal terminal = terminal();
        Attributes before = terminal.getAttributes();
        TopScreen screen = new TopScreen(terminal, new PrintStream(shown, true));
        Attributes meanwhile = terminal.getAttributes();

        screen.close();

        assertThat(text()).contains(OTHER_SCREEN).contains(FIRST_SCREEN).endsWith(CURSOR);
        assertThat(meanwhile.getLocalFlag(Attributes.LocalFlag.ECHO)).isFalse();
        assertThat(before.getLocalFlag(Attributes.LocalFlag.ECHO)).isTrue();
    }

    /** At the end of the process the terminal may go first. */
    @Test
    void shouldGiveBackScreenAndCursorOfATerminalThatIsClosed() throws Exception {
        Terminal terminal = terminal();
        TopScreen screen = new TopScreen(terminal, new PrintStream(shown, true));
        terminal.close();

        boolean isRestored = screen.restore();
        boolean isRestoredAgain = screen.restore();

        assertThat(isRestored).isTrue();
        assertThat(isRestoredAgain).isFalse();
        assertThat(text()).contains(FIRST_SCREEN).endsWith(CURSOR);
    }

    private Terminal terminal() throws Exception {
        return TerminalBuilder.builder()
                .system(false)
                .type("xterm")
                .encoding(StandardCharsets.UTF_8)
                .streams(InputStream.nullInputStream(), shown)
                .build();
    }

    private String text() {
        return shown.toString(StandardCharsets.UTF_8);
    }
}
