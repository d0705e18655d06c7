package io.socp.relay.client.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Texts as bytes: strict reading, and cutting into pieces that fit. */
public final class Texts {

    private Texts() {}

    /** Length as the limits count it. */
    public static int utf8Bytes(String text) {
        return text.getBytes(UTF_8).length;
    }

    /**
     * The text in pieces of at most {@code bytesMax} UTF-8 bytes, cut between what readers take for
     * characters; one that is longer by itself is cut between code points.
     *
     * @param bytesMax at least 4, the longest code point
     */
    public static List<String> pieces(String text, int bytesMax) {
        BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
        characters.setText(text);
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        int pieceBytes = 0;
        int from = characters.first();
        for (int to = characters.next(); to != BreakIterator.DONE; to = characters.next()) {
            String character = text.substring(from, to);
            for (String part : fitting(character, bytesMax)) {
                int bytes = utf8Bytes(part);
                if (pieceBytes + bytes > bytesMax) {
                    pieces.add(piece.toString());
                    piece.setLength(0);
                    pieceBytes = 0;
                }
                piece.append(part);
                pieceBytes += bytes;
            }
            from = to;
        }
        if (!piece.isEmpty() || pieces.isEmpty()) {
            pieces.add(piece.toString());
        }
        return List.copyOf(pieces);
    }

    private static List<String> fitting(String character, int bytesMax) {
        return utf8Bytes(character) <= bytesMax
                ? List.of(character)
                : character.codePoints().mapToObj(Character::toString).toList();
    }

    /** The text, or null when the bytes are not UTF-8. */
    static @Nullable String strict(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }
}
