package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.cli.Exposition.Series;
import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A relay in one look, as lines of text. Immutable.
 *
 * @param before an earlier sample, for rates; null while there is none
 */
@Immutable
record TopView(URI url, @Nullable TopSample before, TopSample now) {

    private static final String UNKNOWN = "-";
    private static final String FRAMES = "socp_frames_total";
    private static final String VERDICT = "verdict";

    /** In columns of their own; the others together in one. */
    private static final List<String> VERDICTS =
            List.of("accepted", "duplicate", "refused", "unverified", "undeliverable");

    private static final double PER_CENT = 100;
    private static final long MIB = 1 << 20;

    TopView {
        if (before != null && !now.isOfSameRunAs(before)) {
            before = null;
        }
    }

    /** Lines of at most so many columns, and no more of them than there are rows. */
    List<String> lines(int columns, int rows) {
        List<String> lines = new ArrayList<>(summary());
        List<String> frames = frames();
        List<String> peers = peers();
        lines.add("");
        int room = Math.max(2, rows - lines.size() - 1);
        // Half for each, and what one does not need for the other.
        int forPeers = Math.min(peers.size(), Math.max(room / 2, room - frames.size()));
        lines.addAll(head(frames, room - forPeers));
        lines.add("");
        lines.addAll(head(peers, forPeers));
        return lines.stream()
                .limit(rows)
                .map(TopView::plain)
                .map(line -> line.length() > columns ? line.substring(0, columns) : line)
                .toList();
    }

    private static List<String> head(List<String> lines, int count) {
        return lines.subList(0, Math.clamp(count, 0, lines.size()));
    }

    /** Nothing that a relay says may move the cursor. */
    private static String plain(String line) {
        return line.replaceAll("\\p{Cntrl}", "?");
    }

    private List<String> summary() {
        return List.of(
                "relay %s  %s  up %s  version %s"
                        .formatted(
                                now.id(),
                                text("state"),
                                uptime(now.uptimeSeconds()),
                                text("version")),
                "advertises %s, asked at %s".formatted(text("advertised"), url),
                "",
                "links    %s: users %s, peers %s, unknown %s"
                        .formatted(
                                count("links"),
                                gauge("socp_links", "kind", "user"),
                                gauge("socp_links", "kind", "peer"),
                                gauge("socp_links", "kind", "unknown")),
                "mesh     users %s, %s of them here; peers %s, behind them %s; wanted: %s"
                        .formatted(
                                count("users"),
                                count("users_here"),
                                count("peers"),
                                count("servers_behind_peers"),
                                byLabel("socp_peers_wanted", "state")),
                "process  CPU %s of %s %%; heap %s, direct %s, resident %s; pressure %s"
                        .formatted(
                                cpu(),
                                number(total("system_cpu_count").stream().map(n -> n * PER_CENT)),
                                used("jvm_memory_used_bytes", "jvm_memory_max_bytes", "area"),
                                used(
                                        "socp_direct_memory_bytes",
                                        "socp_direct_memory_max_bytes",
                                        ""),
                                bytes(total("process_resident_memory_bytes")),
                                number(total("socp_memory_pressure").stream())),
                "loops    worst delay %s, seen alive %s ago"
                        .formatted(
                                seconds(total("socp_loop_delay_seconds")),
                                seconds(total("socp_loop_lag_seconds"))),
                "RSA      verified %s/s in %s each; signed %s/s in %s each"
                        .formatted(
                                rate("socp_verify_duration_seconds_count"),
                                mean("socp_verify_duration_seconds"),
                                rate("socp_sign_duration_seconds_count"),
                                mean("socp_sign_duration_seconds")),
                "relayed  to users in %s, to peers in %s".formatted(meanTo("user"), meanTo("peer")),
                "queues   users %s for %s, peers %s for %s; spool %s frames, %s, oldest %s"
                        .formatted(
                                queued("user"),
                                queuedFor("user"),
                                queued("peer"),
                                queuedFor("peer"),
                                number(total("socp_peer_spool_frames").stream()),
                                bytes(total("socp_peer_spool_bytes")),
                                seconds(total("socp_peer_spool_age_seconds"))),
                "lost     undeliverable %s/s, %s in all (%s)"
                        .formatted(
                                rate("socp_undeliverable_total"),
                                number(total("socp_undeliverable_total").stream()),
                                byLabel("socp_undeliverable_total", "reason")),
                "seen     duplicates %s/s, %s in all; remembered %s, forgotten early %s"
                        .formatted(
                                rate(FRAMES, VERDICT, "duplicate"),
                                number(now.measures().sum(FRAMES, VERDICT, "duplicate").stream()),
                                number(total("socp_seen_entries").stream()),
                                number(total("socp_seen_early_evictions_total").stream())));
    }

    private List<String> frames() {
        Map<String, double[]> byType = new TreeMap<>();
        for (Series series : now.measures().all(FRAMES)) {
            int verdict = VERDICTS.indexOf(series.label(VERDICT));
            double[] row =
                    byType.computeIfAbsent(
                            series.label("type"), _ -> new double[VERDICTS.size() + 2]);
            double rate = rate(series, earlier(series));
            row[verdict < 0 ? VERDICTS.size() : verdict] += rate;
            row[VERDICTS.size() + 1] += series.value();
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                "%-24s%s%14s%12s"
                        .formatted(
                                "frames a second",
                                VERDICTS.stream()
                                        .map(verdict -> "%14s".formatted(verdict))
                                        .collect(Collectors.joining()),
                                "other",
                                "in all"));
        byType.entrySet().stream()
                .filter(row -> row.getValue()[VERDICTS.size() + 1] > 0)
                .sorted(Comparator.comparingDouble(row -> -ratesOf(row.getValue())))
                .map(row -> row(row.getKey(), row.getValue()))
                .forEach(lines::add);
        return lines;
    }

    private static double ratesOf(double[] row) {
        double sum = 0;
        for (int i = 0; i <= VERDICTS.size(); i++) {
            sum += row[i];
        }
        return sum;
    }

    private String row(String type, double[] row) {
        StringBuilder line = new StringBuilder("%-24s".formatted(type));
        for (int i = 0; i <= VERDICTS.size(); i++) {
            line.append(
                    "%14s"
                            .formatted(
                                    before == null
                                            ? UNKNOWN
                                            : row[i] == 0 ? "." : decimal(row[i])));
        }
        return line.append("%12s".formatted(decimal(row[VERDICTS.size() + 1]))).toString();
    }

    private @Nullable Series earlier(Series series) {
        return before == null
                ? null
                : before.measures().all(FRAMES).stream()
                        .filter(one -> one.labels().equals(series.labels()))
                        .findFirst()
                        .orElse(null);
    }

    private double rate(Series series, @Nullable Series earlier) {
        double former = earlier == null ? 0 : earlier.value();
        return before == null ? 0 : Math.max(0, series.value() - former) / intervalSeconds();
    }

    private List<String> peers() {
        List<String> lines = new ArrayList<>();
        lines.add("%-46s%-14s%-24s%-7s%s".formatted("peers", "state", "address", "links", "kind"));
        for (JsonNode peer : now.peers()) {
            lines.add(
                    "%-46s%-14s%-24s%-7s%s"
                            .formatted(
                                    field(peer, "server_id"),
                                    state(peer),
                                    field(peer, "address"),
                                    field(peer, "links"),
                                    peer.has("via")
                                            ? "via " + field(peer, "via")
                                            : field(peer, "kind")));
        }
        return lines;
    }

    private static String state(JsonNode peer) {
        if (!peer.has("proven")) {
            return peer.has("via") ? "behind others" : "out of reach";
        }
        return peer.path("proven").asBoolean(false) ? "linked" : "claimed";
    }

    private String text(String field) {
        return field(now.status(), field);
    }

    private String count(String field) {
        return field(now.status(), field);
    }

    private static String field(JsonNode object, String name) {
        return object.path(name).asString(UNKNOWN);
    }

    private static String uptime(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        return (time.toDays() > 0 ? time.toDays() + " d " : "")
                + "%02d:%02d:%02d"
                        .formatted(time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
    }

    private OptionalDouble total(String name) {
        return now.measures().sum(name);
    }

    private String gauge(String name, String label, String value) {
        return number(now.measures().sum(name, label, value).stream());
    }

    private String byLabel(String name, String label) {
        String all =
                now.measures().all(name).stream()
                        .filter(series -> series.value() > 0)
                        .map(series -> series.label(label) + " " + decimal(series.value()))
                        .sorted()
                        .collect(Collectors.joining(", "));
        return all.isEmpty() ? "none" : all;
    }

    private double intervalSeconds() {
        return before == null ? Double.NaN : now.processSeconds() - before.processSeconds();
    }

    private String rate(String name) {
        return decimal(difference(measures -> measures.sum(name)) / intervalSeconds());
    }

    private String rate(String name, String label, String value) {
        return decimal(
                difference(measures -> measures.sum(name, label, value)) / intervalSeconds());
    }

    /** By how much it has grown; NaN where that cannot be known. */
    private double difference(Function<Exposition, OptionalDouble> measure) {
        return before == null
                ? Double.NaN
                : Math.max(
                        0,
                        measure.apply(now.measures()).orElse(Double.NaN)
                                - measure.apply(before.measures()).orElse(0));
    }

    /** Of what was timed since the sample before, or else ever. */
    private String mean(String timer) {
        return mean(
                measures -> measures.sum(timer + "_sum"),
                measures -> measures.sum(timer + "_count"));
    }

    private String meanTo(String destination) {
        String timer = "socp_relay_duration_seconds";
        return mean(
                measures -> measures.sum(timer + "_sum", "to", destination),
                measures -> measures.sum(timer + "_count", "to", destination));
    }

    private String mean(
            Function<Exposition, OptionalDouble> sum, Function<Exposition, OptionalDouble> count) {
        double lately = difference(sum) / difference(count);
        double ever = sum.apply(now.measures()).orElse(0) / count.apply(now.measures()).orElse(0);
        return seconds(OptionalDouble.of(Double.isNaN(lately) ? ever : lately));
    }

    private String cpu() {
        return decimal(
                difference(measures -> measures.sum("process_cpu_time_ns_total"))
                        / 1e9
                        / intervalSeconds()
                        * PER_CENT);
    }

    private String queued(String kind) {
        return bytes(now.measures().sum("socp_outbound_queue_bytes", "kind", kind));
    }

    private String queuedFor(String kind) {
        return seconds(now.measures().sum("socp_outbound_queue_age_seconds", "kind", kind));
    }

    private String used(String usedName, String maxName, String label) {
        OptionalDouble used =
                label.isEmpty() ? total(usedName) : now.measures().sum(usedName, label, "heap");
        OptionalDouble max =
                label.isEmpty() ? total(maxName) : now.measures().sum(maxName, label, "heap");
        return bytes(used) + " of " + bytes(max);
    }

    private static String number(Stream<Double> value) {
        return value.map(TopView::decimal).findFirst().orElse(UNKNOWN);
    }

    private static String number(DoubleStream value) {
        return number(value.boxed());
    }

    private static String decimal(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return UNKNOWN;
        }
        boolean isWhole = value == Math.rint(value) || value >= 100;
        return String.format(Locale.ROOT, isWhole ? "%.0f" : "%.1f", value);
    }

    private static String bytes(OptionalDouble value) {
        if (value.isEmpty()) {
            return UNKNOWN;
        }
        double bytes = value.getAsDouble();
        return bytes < 1024
                ? decimal(bytes) + " B"
                : bytes < MIB
                        ? decimal(Math.rint(bytes / 1024)) + " KiB"
                        : decimal(Math.rint(bytes / MIB)) + " MiB";
    }

    private static String seconds(OptionalDouble value) {
        double seconds = value.orElse(Double.NaN);
        if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
            return UNKNOWN;
        }
        return seconds < 1e-3
                ? decimal(Math.rint(seconds * 1e6)) + " µs"
                : seconds < 1 ? decimal(seconds * 1e3) + " ms" : decimal(seconds) + " s";
    }
}
