package io.socp.relay.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapFileTest {

    private static final String KEY = TestKeys.SERVER_A.publicKey().text();

    @TempDir private Path dir;

    private Path file;

    @BeforeEach
    void name() {
        file = dir.resolve("bootstrap.yaml");
    }

    @Test
    void shouldNameNobodyWhenTheFileIsAbsent() throws ConfigurationException {
        List<Introducer> introducers = BootstrapFile.read(file);

        assertThat(introducers).isEmpty();
    }

    @Test
    void shouldNameNobodyWhenTheListIsEmpty() throws Exception {
        write("bootstrap_servers: []\n");

        List<Introducer> introducers = BootstrapFile.read(file);

        assertThat(introducers).isEmpty();
    }

    @Test
    void shouldReadEntriesInTheirOrder() throws Exception {
        write(
                """
                # comments are welcome
                bootstrap_servers:
                  - host: "192.0.2.1"
                    port: 12345
                    pubkey: "%s"
                  - { port: 1, host: relay.example }
                """
                        .formatted(KEY));

        List<Introducer> introducers = BootstrapFile.read(file);

        assertThat(introducers)
                .containsExactly(
                        new Introducer(
                                new HostPort("192.0.2.1", 12345), TestKeys.SERVER_A.publicKey()),
                        new Introducer(new HostPort("relay.example", 1), null));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "'', false"})
    void shouldReadHowAServerIsDialled(String said, boolean overTls) throws Exception {
        write("bootstrap_servers:\n  - { host: a, port: 1, tls: " + said + " }\n");

        List<Introducer> introducers = BootstrapFile.read(file);

        assertThat(introducers)
                .containsExactly(new Introducer(new HostPort("a", 1, overTls), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "null", "\"   \""})
    void shouldPinNoKeyWhenNoneIsWritten(String nothing) throws Exception {
        write("bootstrap_servers:\n  - host: a\n    port: 1\n    pubkey: " + nothing + "\n");

        List<Introducer> introducers = BootstrapFile.read(file);

        assertThat(introducers).containsExactly(new Introducer(new HostPort("a", 1), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment\n", "---\n"})
    void shouldRefuseAnEmptyFile(String empty) throws IOException {
        write(empty);

        refused().hasMessageContaining("line 1: ").hasMessageContaining("bootstrap_servers");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bootstrap_servers: {}                  | 1 | must be a list
                    bootstrap_servers:                     | 1 | must be a list
                    bootstrap_servers: none                | 1 | must be a list
                    [a, b]                                 | 1 | expected the list
                    just text                              | 1 | expected the list
                    \\n\\nbootstrap_server: []             | 3 | unknown key bootstrap_server
                    bootstrap_servers: []\\nextra: 1       | 2 | unknown key extra
                    bootstrap_servers: []\\nbootstrap_servers: [] | 2 | given twice
                    bootstrap_servers:\\n  - host          | 2 | must have host, port and pubkey
                    bootstrap_servers:\\n  - [a, 1]        | 2 | must have host, port and pubkey
                    bootstrap_servers: [\\n                | 2 | not YAML
                    bootstrap_servers:\\n  - host: a: b    | 2 | not YAML
                    bootstrap_servers:\\n\\t- host: a      | 2 | not YAML
                    """)
    void shouldRefuseAFileOfAnotherShapeAndNameTheLine(String text, int line, String problem)
            throws IOException {
        write(text.replace("\\n", "\n").replace("\\t", "\t"));

        refused()
                .hasMessageContaining(file + ", line " + line + ": ")
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    host: a                       | port is missing       | 4
                    port: 1                       | host is missing       | 4
                    host: ''                      | host is missing       | 4
                    host: a b                     | host                  | 4
                    port: 0                       | port must be a number | 5
                    port: 65536                   | port must be a number | 5
                    port: -1                      | port must be a number | 5
                    port: http                    | port must be a number | 5
                    port: 1.5                     | port must be a number | 5
                    port: 99999999999             | port must be a number | 5
                    port: [1]                     | port must be a single | 5
                    pubkey: AAAA                  | pubkey: | 6
                    pubkey: not/base64+           | pubkey: | 6
                    pubkey: {}                    | pubkey must be a single value | 6
                    pubkeys: x                    | unknown key pubkeys           | 6
                    tls: "yes"                    | tls must be true or false     | 6
                    """)
    void shouldNameTheLineOfABadEntry(String field, String problem, int line) throws IOException {
        String host = "host: a";
        String port = "port: 1";
        String other = "";
        if (field.equals("host: a")) {
            port = "";
        } else if (field.equals("port: 1")) {
            host = "";
        } else if (field.startsWith("host")) {
            host = field;
        } else if (field.startsWith("port")) {
            port = field;
        } else {
            other = field;
        }
        write(
                """
                bootstrap_servers:
                  - { host: good, port: 1 }
                  -
                    %s
                    %s
                    %s
                """
                        .formatted(host, port, other));

        refused()
                .hasMessageContaining(problem)
                .satisfies(e -> assertThat(lineOf(e)).isBetween(line - 1, line + 1));
    }

    @Test
    void shouldNameTheFieldGivenTwice() throws IOException {
        write("bootstrap_servers:\n  - host: a\n    port: 1\n    port: 2\n");

        refused().hasMessage(file + ", line 4: port is given twice");
    }

    @Test
    void shouldReportAllProblemsInOneRun() throws IOException {
        write(
                """
                servers: []
                bootstrap_servers:
                  - host: a
                    port: zero
                    pubkey: AAAA
                  - host: good
                    port: 1
                  - port: 2
                  - nonsense
                """);

        refused()
                .satisfies(e ->
                        assertThat(e.getMessage().lines())
                                .hasSize(5)
                                .allMatch(line -> line.startsWith(file + ", line ")))
                .hasMessageContaining("line 1: unknown key servers")
                .hasMessageContaining("line 4: port must be a number")
                .hasMessageContaining("line 5: pubkey: ")
                .hasMessageContaining("line 8: host is missing")
                .hasMessageContaining("line 9: an entry must have");
    }

    @Test
    void shouldRefuseAKeyThatIsNotRsa4096() throws IOException {
        write(
                "bootstrap_servers:\n  - host: a\n    port: 1\n    pubkey: \""
                        + KEY.substring(0, KEY.length() - 8)
                        + "\"\n");

        refused().hasMessageContaining("line 4: pubkey: ");
    }

    @Test
    void shouldReadAsManyEntriesAsTheBoundAllows() throws Exception {
        write(entries(BootstrapFile.ENTRIES_MAX));

        List<Introducer> introducers = BootstrapFile.read(file);

        assertThat(introducers).hasSize(BootstrapFile.ENTRIES_MAX);
    }

    @Test
    void shouldRefuseOneEntryMoreThanTheBound() throws IOException {
        write(entries(BootstrapFile.ENTRIES_MAX + 1));

        refused()
                .hasMessage(
                        file
                                + ", line "
                                + (BootstrapFile.ENTRIES_MAX + 2)
                                + ": more than "
                                + BootstrapFile.ENTRIES_MAX
                                + " entries");
    }

    @Test
    void shouldSayThatAFileCannotBeRead() throws IOException {
        Files.createDirectory(file);

        refused().hasMessageStartingWith(file + ": cannot be read: ");
    }

    @Test
    void shouldSayThatBytesAreNotText() throws IOException {
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

        refused().hasMessageStartingWith(file + ": cannot be read: ");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused() {
        return assertThatThrownBy(() -> BootstrapFile.read(file))
                .isInstanceOf(ConfigurationException.class);
    }

    private void write(String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static int lineOf(Throwable e) {
        return Integer.parseInt(e.getMessage().replaceAll("(?s).*?, line (\\d+): .*", "$1"));
    }

    private static String entries(int count) {
        return "bootstrap_servers:\n" + "  - { host: a, port: 1 }\n".repeat(count);
    }
}
