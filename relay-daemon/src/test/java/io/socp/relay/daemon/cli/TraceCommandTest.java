package io.socp.relay.daemon.cli;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.MessageReference;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three relays in a line, on real sockets, Alice on the first and Carol on the last. */
class TraceCommandTest {

    private static final String TOKEN = "a token of many characters";

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private static Path dir;

    private static TestRelay a;
    private static TestRelay b;
    private static TestRelay c;
    private static SocketUser alice;
    private static SocketUser carol;

    private final PrintStream systemErr = System.err;
    private final PrintStream systemOut = System.out;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeAll
    static void start() {
        b = TestRelay.of(Actors.B).withManagementToken(TOKEN).start(dir);
        a = hidden(Actors.A, 1);
        c = hidden(Actors.C, 2);
        alice = SocketUser.hello(a.port(), ALICE);
        carol = SocketUser.hello(c.port(), CAROL);
        alice.awaitNews("USER_ADVERTISE", CAROL);
        carol.awaitNews("USER_ADVERTISE", ALICE);
    }

    @AfterAll
    static void stop() {
        alice.close();
        carol.close();
        List.of(a, c, b).forEach(TestRelay::close);
    }

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setErr(systemErr);
        System.setOut(systemOut);
    }

    @Test
    void shouldTellTheWayThroughThreeRelays() {
        String reference = delivered();

        int code = trace(reference, c, a, b);

        assertThat(code).as(said(err)).isZero();
        assertThat(said(out).lines().map(TraceCommandTest::withoutTime))
                .containsExactly(
                        "server %s  MSG_DIRECT from user %s: accepted, to server %s"
                                .formatted(Actors.A.id(), ALICE.id(), Actors.B.id()),
                        "server %s  SERVER_DELIVER from server %s: accepted, to server %s"
                                .formatted(Actors.B.id(), Actors.A.id(), Actors.C.id()),
                        "server %s  SERVER_DELIVER from server %s: accepted, to user %s"
                                .formatted(Actors.C.id(), Actors.B.id(), CAROL.id()));
    }

    @Test
    void shouldTellWhereAMessageWentFromTheOneThatIsAsked() {
        String reference = delivered();

        int code = trace(reference, a);

        assertThat(code).isZero();
        assertThat(said(out))
                .contains("to server " + Actors.B.id())
                .contains("went on to server " + Actors.B.id() + ", which was not asked");
    }

    @Test
    void shouldTellThatNobodyWasThereToGetIt() {
        String reference = reference(alice, Envelopes.msgDirect(ALICE, BOB));
        await().untilAsserted(() -> assertThat(trace(reference, a)).isZero());

        assertThat(said(out)).contains("MSG_DIRECT from user " + ALICE.id() + ": undeliverable");
    }

    @Test
    void shouldTellScriptsInJson() {
        String reference = delivered();

        int code = trace(reference, List.of("--json"), a, b);

        assertThat(code).isZero();
        assertThat(said(out).strip())
                .startsWith("{\"steps\":[{\"server_id\":\"" + Actors.A.id())
                .contains("\"from_user\":\"" + ALICE.id() + "\"")
                .contains("\"to_server\":\"" + Actors.C.id() + "\"")
                .endsWith("\"not_asked\":[\"" + Actors.C.id() + "\"]}");
    }

    @Test
    void shouldSayThatAMessageIsNotKnown() {
        int code = trace("0123456789abcdef", a);

        assertThat(code).isEqualTo(1);
        assertThat(said(out)).contains("server " + Actors.A.id() + " has not had it since ");
    }

    @Test
    void shouldGoOnWhereOneOfTheRelaysDoesNotAnswer() {
        String reference = delivered();
        String nobody = "--management=http://127.0.0.1:" + TestRelay.freePort();

        int code = trace(reference, List.of(nobody), a);

        assertThat(code).isZero();
        assertThat(said(err)).contains("no relay answers at");
        assertThat(said(out)).contains("MSG_DIRECT");
    }

    @Test
    void shouldRefuseWhatIsNoReferenceAndWhoHasNoToken() {
        assertThat(trace("nothing", a)).isEqualTo(2);
        assertThat(ctl("trace", "0123456789abcdef", url(a))).isEqualTo(1);
        assertThat(said(err)).contains("401");
        assertThat(ctl("status", "--token=" + TOKEN, url(a), url(b))).isEqualTo(2);
    }

    @Test
    void shouldWriteToTheAuditLogWhoAsked() {
        try (OperatorLog log = new OperatorLog()) {
            int code = trace("0123456789abcdef", a);

            assertThat(code).isEqualTo(1);
            assertThat(
                            log.says(
                                    "trace 0123456789abcdef by ",
                                    System.getProperty("user.name"),
                                    "0 steps"))
                    .isTrue();
        }
    }

    /** A message of Alice's that Carol has. */
    private static String delivered() {
        String reference = reference(alice, Envelopes.msgDirect(ALICE, CAROL));
        carol.await("USER_DELIVER", got -> reference(got).equals(reference));
        return reference;
    }

    private static String reference(Envelope message) {
        return MessageReference.of(ScriptedEnd.text(message, "content_sig"))
                .orElseThrow()
                .toString();
    }

    private static String reference(SocketUser from, EnvelopeBuilder message) {
        Envelope sent = message.ts(System.currentTimeMillis()).build();
        from.send(sent);
        return reference(sent);
    }

    private static String withoutTime(String line) {
        assertThat(line).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z  server .*");
        return line.substring(line.indexOf("server"));
    }

    private static int trace(String reference, TestRelay... asked) {
        return trace(reference, List.of(), asked);
    }

    private static int trace(String reference, List<String> more, TestRelay... asked) {
        return ctl(
                Stream.of(
                                Stream.of("trace", reference, "--token=" + TOKEN),
                                Stream.of(asked).map(TraceCommandTest::url),
                                more.stream())
                        .flatMap(words -> words)
                        .toArray(String[]::new));
    }

    private static String url(TestRelay relay) {
        return "--management=http://127.0.0.1:" + relay.managementPort();
    }

    private static int ctl(String... words) {
        return SocpDaemon.run(
                Map.of(), Stream.concat(Stream.of("ctl"), Stream.of(words)).toArray(String[]::new));
    }

    private static String said(ByteArrayOutputStream to) {
        return to.toString(StandardCharsets.UTF_8);
    }

    private static TestRelay hidden(Actors.Server actor, int deadPort) {
        return TestRelay.of(actor)
                .withAdvertisedPort(deadPort)
                .withIntroducers(b.asIntroducer())
                .withManagementToken(TOKEN)
                .start(dir);
    }
}
