package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TopViewTest {

    private static final URI URL = URI.create("http://127.0.0.1:9765");

    @Test
    void shouldShowRatesBetweenTwoLooks() {
        TopSample before = sample(0, 10, 1_000, "0.05", 0);
        TopSample now = sample(2, 12, 2_000, "0.15", 1_000_000_000);

        List<String> lines = new TopView(URL, before, now).lines(200, 60);

        assertThat(lines)
                .anySatisfy(line -> assertThat(line).contains("verified 500/s in 100 µs each"))
                .anySatisfy(line -> assertThat(line).contains("CPU 50 of 200 %"))
                .anySatisfy(line -> assertThat(line).contains("heap 1 MiB of 2 MiB"))
                .anySatisfy(
                        line -> assertThat(line).contains("undeliverable 0/s, 3 in all (left 3)"))
                .anySatisfy(line -> assertThat(line).contains("users 2 KiB for -"))
                .anySatisfy(line -> assertThat(line).contains("worst delay 400 µs"))
                .anySatisfy(line -> assertThat(line).matches("MSG_DIRECT +500( +\\.){5} +2002"))
                .anySatisfy(line -> assertThat(line).matches("HEARTBEAT +\\.( +\\.){5} +4"))
                .noneMatch(line -> line.startsWith("ACK"));
    }

    @Test
    void shouldShowNoRatesAtTheFirstLookAndAfterARestart() {
        TopSample now = sample(2, 3, 1_000, "0.05", 0);
        TopSample ofAnEarlierRun = sample(0, 500, 900, "0.04", 0);

        for (TopView view :
                List.of(new TopView(URL, null, now), new TopView(URL, ofAnEarlierRun, now))) {
            assertThat(view.lines(200, 60))
                    .anySatisfy(line -> assertThat(line).contains("verified -/s in 50 µs each"))
                    .anySatisfy(line -> assertThat(line).matches("MSG_DIRECT( +-){6} +1002"));
        }
    }

    @Test
    void shouldShowPeersWithTheirState() {
        List<String> lines = new TopView(URL, null, sample(0, 1, 1, "0", 0)).lines(200, 60);

        assertThat(lines)
                .anySatisfy(
                        line -> assertThat(line).matches("b +linked +10\\.0\\.0\\.2:8765 +1 +own"))
                .anySatisfy(line ->
                        assertThat(line)
                                .matches("c +behind others +10\\.0\\.0\\.3:8765 +- +via b"));
    }

    @Test
    void shouldKeepToTheScreenAndLetNothingMoveTheCursor() {
        List<String> lines = new TopView(URL, null, sample(0, 1, 1, "0", 0)).lines(40, 10);

        assertThat(lines).hasSizeLessThanOrEqualTo(10).allMatch(line -> line.length() <= 40);
        assertThat(lines.getFirst()).startsWith("relay a?[2J");
    }

    @Test
    void shouldShowPeersAndFramesOnASmallScreen() {
        List<String> lines = new TopView(URL, null, sample(0, 1, 1, "0", 0)).lines(200, 20);

        assertThat(lines)
                .hasSizeLessThanOrEqualTo(20)
                .anyMatch(line -> line.startsWith("MSG_DIRECT"))
                .anyMatch(line -> line.startsWith("peers  "));
    }

    private static TopSample sample(
            int seconds, int uptime, long frames, String verified, long cpuNs) {
        String status =
                """
                {"server_id":"a\\u001b[2J","state":"ready","version":"1","uptime_s":%d,\
                "links":3,"users":5,"users_here":2,"peers":1,"servers_behind_peers":1,\
                "advertised":"10.0.0.1:8765"}\
                """
                        .formatted(uptime);
        String peers =
                """
                [{"server_id":"b","address":"10.0.0.2:8765","proven":true,"links":1,"kind":"own"},\
                {"server_id":"c","address":"10.0.0.3:8765","via":"b","hops":2}]\
                """;
        return new TopSample(
                Exposition.parse(measures(seconds, frames, verified, cpuNs)),
                JsonMapper.shared().readTree(status),
                JsonMapper.shared().readTree(peers));
    }

    private static String measures(int seconds, long frames, String verified, long cpuNs) {
        return """
        socp_frames_total{type="MSG_DIRECT",verdict="accepted"} %1$d
        socp_frames_total{type="MSG_DIRECT",verdict="shed"} 2
        socp_frames_total{type="HEARTBEAT",verdict="accepted"} 4
        socp_frames_total{type="ACK",verdict="accepted"} 0
        socp_verify_duration_seconds_count %1$d
        socp_verify_duration_seconds_sum %2$s
        process_cpu_time_ns_total %3$d
        system_cpu_count 2
        process_uptime_seconds %4$d
        jvm_memory_used_bytes{area="heap",id="x"} 1048576
        jvm_memory_used_bytes{area="nonheap",id="y"} 99999999
        jvm_memory_max_bytes{area="heap",id="x"} 2097152
        jvm_memory_max_bytes{area="heap",id="z"} -1
        socp_undeliverable_total{reason="left"} 3
        socp_outbound_queue_bytes{kind="user"} 2048
        socp_outbound_queue_bytes{kind="peer"} 0
        socp_loop_delay_seconds 0.0004
        """
                .formatted(frames, verified, cpuNs, seconds);
    }
}
