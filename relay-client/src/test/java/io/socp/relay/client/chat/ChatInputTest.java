package io.socp.relay.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the lines a person types mean. */
class ChatInputTest {

    @Test
    void shouldTakeASlashForACommand() {
        assertThat(InputLine.parse("/tell bob  how are   you? "))
                .isEqualTo(new InputLine.Command("tell", "bob  how are   you?"));
        assertThat(InputLine.parse("/list")).isEqualTo(new InputLine.Command("list", ""));
        assertThat(InputLine.parse("/")).isEqualTo(new InputLine.Command("", ""));
    }

    @Test
    void shouldTakeTwoSlashesForTextWithOne() {
        assertThat(InputLine.parse("//tell")).isEqualTo(new InputLine.Text("/tell"));
    }

    @Test
    void shouldTakeAnythingElseForText() {
        assertThat(InputLine.parse("hello")).isEqualTo(new InputLine.Text("hello"));
        assertThat(InputLine.parse(" /list")).isEqualTo(new InputLine.Text(" /list"));
    }

    @Test
    void shouldTakeNothingForNothing() {
        assertThat(InputLine.parse("")).isEqualTo(new InputLine.Blank());
        assertThat(InputLine.parse(" \t")).isEqualTo(new InputLine.Blank());
    }

    @Test
    void shouldSplitAtTheFirstSpaceOnly() {
        assertThat(Words.split("bob  a  b ")).isEqualTo(new Words("bob", "a  b"));
        assertThat(Words.split("bob")).isEqualTo(new Words("bob", ""));
        assertThat(Words.split("  ")).isEqualTo(new Words("", ""));
    }

    @Test
    void shouldKnowItsCommandsAndExplainThem() {
        CommandRegistry commands = CommandRegistry.STANDARD;

        assertThat(commands.all())
                .extracting(ChatCommand::name)
                .containsExactly("list", "tell", "all", "file", "help", "quit");
        assertThat(commands.named("tell")).isPresent();
        assertThat(commands.named("TELL")).isEmpty();
        assertThat(commands.help()).contains("/tell <user> <text>").contains("/quit");
        assertThat(commands.help().lines()).hasSize(6);
    }
}
