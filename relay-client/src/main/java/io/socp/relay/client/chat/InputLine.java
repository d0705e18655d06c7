package io.socp.relay.client.chat;

/** What a person typed: a command, plain text, or nothing. */
sealed interface InputLine {

    /** {@code /name arguments}. */
    record Command(String name, String arguments) implements InputLine {}

    /** Anything else; {@code //} at the start stands for one slash that is not a command's. */
    record Text(String text) implements InputLine {}

    record Blank() implements InputLine {}

    static InputLine parse(String line) {
        if (line.isBlank()) {
            return new Blank();
        }
        if (!line.startsWith("/")) {
            return new Text(line);
        }
        if (line.startsWith("//")) {
            return new Text(line.substring(1));
        }
        Words words = Words.split(line.substring(1));
        return new Command(words.first(), words.rest());
    }
}
