package io.socp.relay.client.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Long texts go to strangers in pieces that each make sense. */
class TextsTest {

    @Test
    void shouldLeaveATextThatFitsInOnePiece() {
        assertThat(Texts.pieces("", 4)).containsExactly("");
        assertThat(Texts.pieces("abcd", 4)).containsExactly("abcd");
        assertThat(Texts.pieces("éé", 4)).containsExactly("éé");
    }

    @Test
    void shouldCutBetweenCharacters() {
        assertThat(Texts.pieces("abcde", 4)).containsExactly("abcd", "e");
        assertThat(Texts.pieces("aéééb", 4)).containsExactly("aé", "éé", "b");
        assertThat(Texts.pieces("a😀b", 4)).containsExactly("a", "😀", "b");
        assertThat(Texts.pieces("abce\u0301", 5)).containsExactly("abc", "e\u0301");
    }

    @Test
    void shouldCutACharacterThatNoPieceHolds() {
        String marked = "e" + "\u0301".repeat(10);

        List<String> pieces = Texts.pieces(marked, 4);

        assertThat(pieces).allMatch(piece -> Texts.utf8Bytes(piece) <= 4);
        assertThat(String.join("", pieces)).isEqualTo(marked);
    }

    @Test
    void shouldLoseNothing() {
        String text = "Grüße, 日本語 und 👩‍👧 ".repeat(500);

        List<String> pieces = Texts.pieces(text, Sealer.DIRECT_BYTES_MAX);

        assertThat(String.join("", pieces)).isEqualTo(text);
        assertThat(pieces).allMatch(piece -> Texts.utf8Bytes(piece) <= Sealer.DIRECT_BYTES_MAX);
    }
}
