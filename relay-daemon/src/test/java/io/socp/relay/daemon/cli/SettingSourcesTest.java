package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.config.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Flags over the environment over the file over the defaults, as the commands show them. */
class SettingSourcesTest {

    private static final int OK = 0;
    private static final int CONFIGURATION = 78;

    @TempDir private Path dir;

    private final PrintStream systemErr = System.err;
    private final PrintStream systemOut = System.out;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private Path file;

    @BeforeEach
    void capture() {
        file = dir.resolve("relay.yaml");
        environment.put("SOCP_CONFIG", file.toString());
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setErr(systemErr);
        System.setOut(systemOut);
    }

    @Test
    void shouldPreferFlagsToTheEnvironmentAndThatToTheFile() throws IOException {
        Files.writeString(file, "port: 1001\nmax-clients: 11\nhost: 10.0.0.1\n");
        environment.put("SOCP_MAX_CLIENTS", "12");
        environment.put("SOCP_HOST", "10.0.0.2");

        int code = socp("print-config", "--host=10.0.0.3");

        assertThat(code).isEqualTo(OK);
        assertThat(printed())
                .contains(
                        "host: 10.0.0.3  # flag",
                        "max-clients: 12  # SOCP_MAX_CLIENTS",
                        "port: 1001  # " + file + ", line 1",
                        "tls: off  # default");
    }

    @Test
    void shouldTakeTheFileThatTheFlagNames() throws IOException {
        Path other = Files.writeString(dir.resolve("other.yaml"), "port: 1002\n");
        Files.writeString(file, "port: 1001\n");

        socp("print-config", "--config", other.toString());

        assertThat(printed()).contains("port: 1002  # " + other + ", line 1");
    }

    @Test
    void shouldRefuseAFileThatIsNamedAndMissing() {
        int code = socp("print-config");

        assertThat(code).isEqualTo(CONFIGURATION);
        assertThat(said()).containsExactly(file + " does not exist");
    }

    @Test
    void shouldSayAllThatIsWrongAtOnce() throws IOException {
        Files.writeString(file, "prot: 8765\nmax-clients: 0\ntls: maybe\n");
        environment.put("SOCP_MANAGEMENT_PORT", "high");

        int code = socp("check-config");

        assertThat(code).isEqualTo(CONFIGURATION);
        assertThat(said())
                .hasSize(4)
                .contains(
                        file + ", line 1: unknown setting prot; did you mean port?",
                        file + ", line 2: max-clients must be from 1 to 10000000, not 0")
                .anyMatch(
                        line -> line.startsWith("SOCP_MANAGEMENT_PORT: ") && line.contains("high"))
                .anyMatch(line -> line.startsWith(file + ", line 3: ") && line.contains("maybe"));
    }

    @Test
    void shouldOnlyWarnOfAVariableThatIsNoSetting() throws IOException {
        Files.writeString(file, "");
        environment.put("SOCP_MAX_CLIENT", "5");
        environment.put("SOCP_BUILD", "no");

        SettingSources sources = sources();

        assertThat(sources.warnings())
                .containsExactly(
                        "SOCP_MAX_CLIENT in the environment is no setting; did you mean"
                                + " SOCP_MAX_CLIENTS?");
    }

    @Test
    void shouldCheckWhatTheFilesNameWithoutMakingAnything() throws IOException {
        Path certificate = dir.resolve("none.pem");
        Files.writeString(
                file,
                "tls: required\ntls-certificate: " + certificate + "\ntls-key: " + certificate);

        int code = socp("check-config", "--data-dir=" + dir.resolve("data"));

        assertThat(code).isEqualTo(CONFIGURATION);
        assertThat(said())
                .anyMatch(line -> line.startsWith("TLS certificate " + certificate + " and key"));
        assertThat(dir.resolve("data")).doesNotExist();
    }

    @Test
    void shouldWantATokenWhereOthersReachTheManagementPort() throws IOException {
        Path token = Files.writeString(dir.resolve("token"), "0123456789abcdef\n");
        Files.writeString(file, "management-host: 0.0.0.0\n");

        assertThat(socp("check-config")).isEqualTo(CONFIGURATION);
        assertThat(said()).anyMatch(line -> line.contains("management-token-file is wanted"));
        assertThat(socp("check-config", "--management-token=0123456789abcde"))
                .isEqualTo(CONFIGURATION);
        assertThat(socp("check-config", "--management-token=0123456789abcdef")).isEqualTo(OK);
        assertThat(socp("check-config", "--management-token-file=" + token)).isEqualTo(OK);
        assertThat(socp("check-config", "--management-token-file=" + dir.resolve("none")))
                .isEqualTo(CONFIGURATION);
        assertThat(
                        socp(
                                "check-config",
                                "--management-token-file=" + token,
                                "--management-token=0123456789abcdef"))
                .isEqualTo(CONFIGURATION);
    }

    @Test
    void shouldNotShowASecret() throws IOException {
        Files.writeString(file, "");

        socp("print-config", "--management-token=0123456789abcdef");

        assertThat(printed()).contains("management-token: \"(hidden)\"  # flag");
    }

    @Test
    void shouldSayThatSettingsAreFine() throws IOException {
        Files.writeString(file, "tls: optional\n");

        int code = socp("check-config", "--bootstrap=" + dir.resolve("none.yaml"));

        assertThat(code).isEqualTo(OK);
        assertThat(printed()).containsExactly("ok: 0 introducers, TLS OPTIONAL");
    }

    @Test
    void shouldWriteADefaultFileThatChangesNothing() throws IOException {
        assertThat(socp("default-config")).isEqualTo(OK);
        String written = out.toString(StandardCharsets.UTF_8);
        out.reset();
        Files.writeString(file, written.replaceAll("(?m)^#(\\S+: )", "$1"));

        int code = socp("print-config");

        assertThat(code).isEqualTo(OK);
        assertThat(printed()).hasSameSizeAs(SettingSources.settings().keySet());
        for (String line : printed()) {
            String name = line.substring(0, line.indexOf(':'));
            String standard = SettingSources.settings().get(name).defaultValue();
            assertThat(line).startsWith(name + ": " + DefaultConfigCommand.yaml(standard) + "  # ");
        }
    }

    @ParameterizedTest
    @MethodSource("settingNames")
    void shouldDocumentEachSetting(String name) throws IOException {
        String standard = SettingSources.settings().get(name).defaultValue();
        String row =
                "| `"
                        + name
                        + "` | "
                        + (standard.isEmpty() ? "" : "`" + standard + "`")
                        + " | "
                        + (Reload.isReloadable(name) ? "reload" : "start")
                        + " |";

        assertThat(Files.readString(Path.of("../docs/configuration.md"))).contains(row);
    }

    @Test
    void shouldDocumentNoSettingThatIsNone() throws IOException {
        List<String> rows =
                Files.readAllLines(Path.of("../docs/configuration.md")).stream()
                        .filter(line -> line.startsWith("| `"))
                        .map(line -> line.substring(3, line.indexOf('`', 3)))
                        .toList();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(SettingSources.settings().keySet());
    }

    static List<String> settingNames() {
        return List.copyOf(SettingSources.settings().keySet());
    }

    private SettingSources sources() {
        try {
            return SettingSources.of(List.of("relay"), environment);
        } catch (ConfigurationException wrong) {
            throw new AssertionError(wrong);
        }
    }

    private int socp(String... args) {
        return SocpDaemon.run(environment, args);
    }

    private List<String> printed() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> said() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
