package io.socp.relay.engine;

import io.socp.relay.ownership.Immutable;
import java.util.ArrayList;
import java.util.List;

/**
 * One line for the operator. Immutable.
 *
 * @param pattern the sentence with {@code {}} where the fields stand, in their order; constant, so
 *     that lines of one kind can be counted together
 * @param fields what it is about; those beyond the pattern's places are not in the sentence
 */
@Immutable
public record Notice(Severity severity, String pattern, List<Field> fields) {

    private static final String PLACE = "{}";

    public Notice {
        fields = List.copyOf(fields);
    }

    /** How loud. */
    public enum Severity {
        /** The course of things. */
        INFO,
        /** Someone should look, the relay goes on. */
        WARN
    }

    /** One thing a line is about; the value may be anybody's text. */
    public record Field(String name, Object value) {}

    static Notice info(String pattern) {
        return new Notice(Severity.INFO, pattern, List.of());
    }

    static Notice warn(String pattern) {
        return new Notice(Severity.WARN, pattern, List.of());
    }

    /** The same with one more field. */
    Notice with(String name, Object value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new Notice(severity, pattern, more);
    }

    /** The sentence with the fields in their places. */
    public String text() {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (Field field : fields) {
            int place = pattern.indexOf(PLACE, from);
            if (place < 0) {
                break;
            }
            text.append(pattern, from, place).append(field.value());
            from = place + PLACE.length();
        }
        return text.append(pattern, from, pattern.length()).toString();
    }
}
