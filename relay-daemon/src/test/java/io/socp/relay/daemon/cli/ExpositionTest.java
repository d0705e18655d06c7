package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExpositionTest {

    @Test
    void shouldReadSeriesAndLeaveOutAllElse() {
        Exposition read =
                Exposition.parse(
                        """
                        # HELP a_total of things
                        # TYPE a_total counter
                        a_total{kind="one",said="x \\"y\\" {z}"} 1.5
                        a_total{kind="two"} 2.0E3
                        b 7 1700000000000
                        not a series
                        c notanumber
                        d{le="+Inf"} +Inf
                        """);

        assertThat(read.all("a_total"))
                .extracting(Exposition.Series::labels)
                .containsExactly(
                        Map.of("kind", "one", "said", "x \\\"y\\\" {z}"), Map.of("kind", "two"));
        assertThat(read.sum("a_total")).hasValue(2001.5);
        assertThat(read.sum("a_total", "kind", "two")).hasValue(2000);
        assertThat(read.sum("b")).hasValue(7);
        assertThat(read.sum("d")).hasValue(Double.POSITIVE_INFINITY);
        assertThat(read.sum("c")).isEmpty();
        assertThat(read.sum("a_total", "kind", "three")).isEmpty();
    }

    @Test
    void shouldCountNothingForWhatIsNotKnown() {
        Exposition read = Exposition.parse("a NaN\nb{of=\"x\"} -1\nb{of=\"y\"} 3\n");

        assertThat(read.sum("a")).isEmpty();
        assertThat(read.sum("b")).hasValue(3);
    }

    @Test
    void shouldReadAsManySeriesAsItsBoundAndNoMore() {
        String more =
                IntStream.rangeClosed(0, Exposition.SERIES_MAX)
                        .mapToObj(i -> "a{n=\"" + i + "\"} 1")
                        .collect(Collectors.joining("\n"));

        assertThat(Exposition.parse(more).all("a")).hasSize(Exposition.SERIES_MAX);
    }
}
