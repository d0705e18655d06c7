package io.socp.relay.daemon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard and the alerts ask for measures that a relay has. */
class MonitoringFilesTest {

    private static final Path DOCKER = Path.of("../docker");
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:socp|jvm|process|system)_[a-z0-9_]+");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

    @TempDir private static Path dir;

    private static Set<String> exposed;

    @BeforeAll
    static void scrape() {
        try (TestRelay relay = TestRelay.of(Actors.A).start(dir)) {
            exposed = found(METRIC, relay.scrape().text());
        }
    }

    @AfterAll
    static void forget() {
        exposed = Set.of();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prometheus/alerts.yml", "grafana/dashboards/socp.json"})
    void shouldAskForMeasuresThatExist(String file) throws IOException {
        Set<String> asked = found(METRIC, Files.readString(DOCKER.resolve(file)));

        assertThat(asked).isNotEmpty();
        assertThat(exposed).containsAll(asked);
    }

    @Test
    void shouldSayWhatToDoForEachAlert() throws IOException {
        Matcher alert = ALERT.matcher(Files.readString(DOCKER.resolve("prometheus/alerts.yml")));
        String operations = Files.readString(Path.of("../docs/operations.md"));

        while (alert.find()) {
            assertThat(operations).contains("| " + alert.group(1) + " |");
        }
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> all = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            all.add(matcher.group());
        }
        return all;
    }
}
