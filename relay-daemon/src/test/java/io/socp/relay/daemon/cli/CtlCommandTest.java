package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An operator with a relay that wants a token. */
class CtlCommandTest {

    private static final String TOKEN = "a token of many characters";

    @TempDir private Path dir;

    private final PrintStream systemErr = System.err;
    private final PrintStream systemOut = System.out;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private TestRelay relay;

    @BeforeEach
    void start() {
        relay = TestRelay.of(Actors.A).withManagementToken(TOKEN).start(dir);
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setErr(systemErr);
        System.setOut(systemOut);
        relay.close();
    }

    @ParameterizedTest
    @CsvSource({
        "status, \"server_id\"",
        "peers, {\"peers\":[]}",
        "users, {\"users\":[]}",
        "links, {\"links\":[]}",
        "health, ok",
    })
    void shouldPrintWhatTheRelaySays(String action, String expected) {
        int code = ctl(action, "--management=" + url(), "--token=" + TOKEN);

        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(expected);
    }

    @Test
    void shouldFailWithTheRelaysReason() {
        int code = ctl("status", "--management=" + url());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("401: the management token is wanted");
    }

    @Test
    void shouldFailWhereNoRelayAnswers() {
        int code = ctl("health", "--management=http://127.0.0.1:" + TestRelay.freePort());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no relay answers at http://127");
    }

    @Test
    void shouldProbeWithoutTheToken() {
        assertThat(ctl("health", "livez", "--management=" + url())).isZero();
    }

    @Test
    void shouldRefuseWhatIsNoAction() {
        assertThat(ctl()).isEqualTo(2);
        assertThat(ctl("explode")).isEqualTo(2);
        assertThat(ctl("health", "sickz")).isEqualTo(2);
        assertThat(ctl("status", "--management=ftp://x")).isEqualTo(78);
    }

    @Test
    void shouldPrintOneLookWhereNoTerminalIs() {
        int code = ctl("top", "--interval=1", "--management=" + url(), "--token=" + TOKEN);

        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("relay " + Actors.A.id() + "  ready  up ")
                .contains("verified 0/s")
                .contains("CPU ")
                .doesNotContain("CPU -")
                .doesNotContain("resident -")
                .doesNotContain("\u001b");
        assertThat(ctl("top", "--interval=0", "--management=" + url())).isEqualTo(2);
    }

    private String url() {
        return "http://127.0.0.1:" + relay.managementPort();
    }

    private static int ctl(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "ctl";
        System.arraycopy(args, 0, all, 1, args.length);
        return SocpDaemon.run(Map.of(), all);
    }
}
