package io.socp.relay.client.file;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * A file's name as a stranger gave it, made harmless: one path element, printable, not hidden, not
 * the name of a device, on any system.
 */
final class FileName {

    /** In UTF-8; leaves room for a number below the 255 of common file systems. */
    static final int BYTES_MAX = 200;

    private static final String NAMELESS = "file";
    private static final int EXTENSION_BYTES_MAX = 20;

    /** Some systems open a device under these, whatever the extension. */
    private static final Pattern DEVICE =
            Pattern.compile(
                    "(con|prn|aux|nul|clock\\$|conin\\$|conout\\$|(com|lpt)[0-9¹²³])[ ]*([.:].*)?",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);

    private FileName() {}

    /** The last element of the name as far as it can stand; never empty. */
    static String safe(String claimed) {
        String name = Normalizer.normalize(lastElement(claimed), Normalizer.Form.NFC);
        name = withoutEdges(printable(name));
        if (DEVICE.matcher(name).matches()) {
            name = "_" + name;
        }
        return name.isEmpty() ? NAMELESS : shortened(name);
    }

    /** The name with a number before its extension. */
    static String numbered(String name, int number) {
        int dot = extensionStart(name);
        return name.substring(0, dot) + " (" + number + ")" + name.substring(dot);
    }

    /** As a sender names a file: nothing of where it lies. */
    static String of(Path path) {
        Path last = path.getFileName();
        return last == null ? NAMELESS : last.toString();
    }

    private static String lastElement(String claimed) {
        return claimed.substring(Math.max(claimed.lastIndexOf('/'), claimed.lastIndexOf('\\')) + 1);
    }

    private static String printable(String name) {
        StringBuilder kept = new StringBuilder(name.length());
        name.codePoints()
                .map(codePoint -> isHarmless(codePoint) ? codePoint : '_')
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT, // hides or reorders what a person reads
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    false;
            default -> "<>:\"|?*".indexOf(codePoint) < 0;
        };
    }

    /** No dot in front, which would hide it; neither dot nor space behind, which would be lost. */
    private static String withoutEdges(String name) {
        int start = 0;
        int end = name.length();
        while (start < end && isEdge(name.charAt(start))) {
            start++;
        }
        while (end > start && isEdge(name.charAt(end - 1))) {
            end--;
        }
        return name.substring(start, end);
    }

    private static boolean isEdge(char character) {
        return character == '.' || Character.isWhitespace(character) || character == '\u00a0';
    }

    private static String shortened(String name) {
        if (utf8Bytes(name) <= BYTES_MAX) {
            return name;
        }
        int dot = extensionStart(name);
        String extension = name.substring(dot);
        int room = BYTES_MAX - utf8Bytes(extension);
        StringBuilder kept = new StringBuilder();
        int bytes = 0;
        for (int codePoint : name.substring(0, dot).codePoints().toArray()) {
            bytes += utf8Bytes(Character.toString(codePoint));
            if (bytes > room) {
                break;
            }
            kept.appendCodePoint(codePoint);
        }
        return kept + extension;
    }

    /** Where the extension begins; the end of a name without a short one. */
    private static int extensionStart(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && utf8Bytes(name.substring(dot)) <= EXTENSION_BYTES_MAX
                ? dot
                : name.length();
    }

    private static int utf8Bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
