package io.socp.relay.daemon.cli;

import io.socp.relay.ownership.Immutable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measures as {@code /metrics} says them, in Prometheus' text format. Immutable. */
@Immutable
final class Exposition {

    /** Series that are read; a relay has some 1,500. */
    static final int SERIES_MAX = 50_000;

    private static final Pattern LINE =
            Pattern.compile("([A-Za-z_:][\\w:]*)(?:\\{(.*)\\})?\\s+(\\S+)(?:\\s+\\d+)?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Map<String, List<Series>> byName = new HashMap<>();

    /** One value, and what tells it apart from others of its name. */
    record Series(Map<String, String> labels, double value) {

        Series {
            labels = Map.copyOf(labels);
        }

        String label(String name) {
            return labels.getOrDefault(name, "");
        }
    }

    private Exposition() {}

    /** Reads what is a series, and no more than the bound of them. */
    static Exposition parse(String text) {
        Exposition exposition = new Exposition();
        text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .limit(SERIES_MAX)
                .forEach(exposition::add);
        return exposition;
    }

    private void add(Matcher line) {
        try {
            Series series = new Series(labels(line.group(2)), value(line.group(3)));
            byName.computeIfAbsent(line.group(1), _ -> new ArrayList<>()).add(series);
        } catch (NumberFormatException noNumber) {
            // A line like no other: nothing is told of it.
        }
    }

    private static double value(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static Map<String, String> labels(@Nullable String text) {
        Map<String, String> labels = new HashMap<>();
        if (text != null) {
            Matcher label = LABEL.matcher(text);
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        return labels;
    }

    /** All series of this name. */
    List<Series> all(String name) {
        return List.copyOf(byName.getOrDefault(name, List.of()));
    }

    /** The sum of all series of this name whose label has that value, if there are any. */
    OptionalDouble sum(String name, String label, String value) {
        return sum(all(name).stream().filter(series -> series.label(label).equals(value)));
    }

    /** The sum of all series of this name, if there are any. */
    OptionalDouble sum(String name) {
        return sum(all(name).stream());
    }

    /** What is not known counts for nothing, and so does a value below 0: no bound. */
    private static OptionalDouble sum(Stream<Series> series) {
        List<Series> known =
                series.filter(one -> !Double.isNaN(one.value()) && one.value() >= 0).toList();
        return known.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(known.stream().mapToDouble(Series::value).sum());
    }
}
