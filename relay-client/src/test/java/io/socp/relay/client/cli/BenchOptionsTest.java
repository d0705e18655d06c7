package io.socp.relay.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What {@code socp bench} refuses, and with what words and exit codes. */
class BenchOptionsTest {

    private record Outcome(int exitCode, String err) {}

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({
        "--link-auth,                 links are authenticated over TLS",
        "--server-key=x,              --server-key: key",
        "--limit=sky,                 sky",
        "--server=http://localhost:1, expected ws://HOST:PORT",
        "--connections=0,             --connections must be 1 to 100000",
        "--connections=100001,        --connections must be 1 to 100000",
        "--window=0,                  --window must be 1 to 20000",
        "--window=20001,              --window must be 1 to 20000",
        "--rate=-1,                   --rate must be 0 to",
        "--duration=0s,               --duration",
        "--duration=5,                is not a time",
        "--payload=0,                 payload bytes must be 1 to 65536",
        "--payload=65537,             payload bytes must be 1 to 65536",
        "--payloads=3,                payloads must be 4 to 50000",
        "--payloads=50001,            payloads must be 4 to 50000",
        "--keys=257,                  keys must be 1 to 256",
        "--dialect=klingon,           klingon",
        "--pid=x,                     '--pid'",
    })
    void shouldRefuseWhatMakesNoSense(String option, String complaint) {
        Outcome outcome = bench("direct", option);

        assertThat(outcome.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains(complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limits", "direct", "fanout", "mesh", "connect", "idle", "soak"})
    void shouldHaveEveryWorkload(String workload) {
        Outcome outcome = bench(workload, "--link-auth");

        assertThat(outcome.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("--link-auth");
    }

    @Test
    void shouldWantAllServersOverTlsOrNone() {
        Outcome outcome = bench("mesh", "--server=ws://h:1", "--server=wss://h:2");

        assertThat(outcome.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("all of them over TLS, or none");
    }

    @Test
    void shouldWantAKeyForEachServerOverTls() {
        String key = "--server-key=" + TestKeys.ALICE.identity().publicKey().text();

        assertThat(bench("direct", key).err()).contains("there is none without TLS");
        assertThat(bench("mesh", "--tls", "--server=ws://h:1", "--server=wss://h:2", key).err())
                .contains("one for each --server");
    }

    @Test
    void shouldNotAuthenticateLinksOfAnotherDialect() {
        assertThat(bench("direct", "--tls", "--link-auth", "--dialect=plain").err())
                .contains("no other --dialect");
    }

    @Test
    void shouldBoundARunWhoseFramesGrowOld() {
        String corpus = "--corpus=" + directory.resolve("bench.corpus");
        List<String> run = List.of("--tls", "--link-auth", corpus, "--keys=1", "--payloads=16");

        assertThat(bench("direct", run, "--warmup=1s", "--duration=150s").err())
                .contains("must be 0 to 150, not 151");
        assertThat(bench("direct", run, "--connections=4001", "--rate=1").err())
                .contains("must be 1 to 4000, not 4001");
    }

    @Test
    void shouldRefuseTwoModesAtOnce() {
        assertThat(bench("direct", "--strict", "--link-auth").err()).contains("exclude");
    }

    @Test
    void shouldWantTwoServersForAMesh() {
        Outcome one = bench("mesh");
        Outcome two = bench("direct", "--server=ws://h:1", "--server=ws://h:2");

        assertThat(one.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(one.err()).contains("2 times");
        assertThat(two.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(two.err()).contains("1 time");
    }

    @Test
    void shouldWantARateForASoak() {
        assertThat(bench("soak", "--rate=0").err()).contains("--rate must be more than 0");
    }

    @Test
    void shouldBoundThePartOfReadersWhoStall() {
        assertThat(bench("fanout", "--stalled=100").err()).contains("--stalled must be 0 to 99");
    }

    @Test
    void shouldFailForACorpusThatIsNone() throws Exception {
        Path file = Files.writeString(directory.resolve("letter"), "Dear diary,");

        Outcome outcome = bench("direct", "--corpus=" + file);

        assertThat(outcome.exitCode()).isEqualTo(ExitCodes.FAILURE);
        assertThat(outcome.err()).contains(file.toString()).contains("no corpus");
    }

    private static Outcome bench(String workload, List<String> some, String... others) {
        List<String> all = new ArrayList<>(List.of(workload));
        all.addAll(some);
        all.addAll(List.of(others));
        return bench(all.toArray(String[]::new));
    }

    private static Outcome bench(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine socp = SocpClientCommand.commandLine().setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        return new Outcome(socp.execute(all.toArray(String[]::new)), err.toString());
    }
}
