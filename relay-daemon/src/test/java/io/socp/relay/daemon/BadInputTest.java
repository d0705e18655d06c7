package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.Scrape;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What bad input gets: each row of the table in the protocol document, on a real socket. */
class BadInputTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final int POLICY = 1008;
    private static final int TOO_BIG = 1009;
    private static final int LIMIT = EnvelopeLimits.DEFAULT.frameBytesMax();

    @TempDir private static Path dir;

    private static TestRelay relay;

    private final List<SocketUser> users = new ArrayList<>();

    @BeforeAll
    static void start() {
        relay = TestRelay.of(Actors.A).start(dir);
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @AfterEach
    void leave() {
        users.forEach(SocketUser::close);
        await().atMost(SocketUser.PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> relay.scrape().value("socp_links") == 0);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("no JSON", "hello", "JSON", POLICY),
                Arguments.of("an empty message", "", "empty", POLICY),
                Arguments.of("cut off", "{\"type\":", "JSON", POLICY),
                Arguments.of("two objects", "{} {}", "follows", POLICY),
                Arguments.of("an array", "[]", "object", POLICY),
                Arguments.of("a string", "\"x\"", "object", POLICY),
                Arguments.of("no type", frame("\"type\":\"X\",", ""), "type", POLICY),
                Arguments.of("no from", frame("\"from\":\"x\",", ""), "from", POLICY),
                Arguments.of("no to", frame("\"to\":\"x\",", ""), "to", POLICY),
                Arguments.of("no ts", frame("\"ts\":1,", ""), "ts", POLICY),
                Arguments.of("no payload", frame(",\"payload\":{}", ""), "payload", POLICY),
                Arguments.of("type a number", frame("\"X\"", "1"), "type", POLICY),
                Arguments.of("ts a string", frame(":1,", ":\"1\","), "ts", POLICY),
                Arguments.of("ts past 2^53", frame(":1,", ":1e16,"), "ts", POLICY),
                Arguments.of("ts negative", frame(":1,", ":-1,"), "ts", POLICY),
                Arguments.of("payload an array", frame("{}", "[]"), "payload", POLICY),
                Arguments.of("sig a number", frame(":1,", ":1,\"sig\":7,"), "sig", POLICY),
                Arguments.of(
                        "a key twice",
                        frame("\"ts\":1,", "\"ts\":1,\"ts\":2,"),
                        "duplicate key: ts",
                        POLICY),
                Arguments.of(
                        "a key twice, deep",
                        frame("{}", "{\"a\":{\"b\":1,\"b\":1}}"),
                        "duplicate key: b",
                        POLICY),
                Arguments.of("too deep", frame("{}", nested(16)), "depth exceeds 16", TOO_BIG),
                Arguments.of(
                        "too many members",
                        frame("{}", "{\"a\":[" + "1,".repeat(5_000) + "1]}"),
                        "number of members exceeds 4096",
                        TOO_BIG),
                Arguments.of(
                        "too long",
                        frame("{}", "{}" + " ".repeat(LIMIT)),
                        "frame bytes exceeds " + LIMIT,
                        TOO_BIG),
                Arguments.of(
                        "a hello without its key",
                        text(Envelopes.userHello(ALICE).without("pubkey")),
                        "payload.pubkey",
                        POLICY),
                Arguments.of(
                        "a hello with a key that is no string",
                        text(Envelopes.userHello(ALICE).with("pubkey", 7)),
                        "payload.pubkey",
                        POLICY),
                Arguments.of(
                        "a hello from no UUID",
                        text(Envelopes.userHello(ALICE).from("alice")),
                        "from",
                        POLICY));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void shouldNameWhatIsWrongAndCloseAtTheThird(
            String name, String frame, String detail, int closeCode) {
        SocketUser user = connect();

        user.send(frame).send(frame);
        awaitErrors(user, 2);
        boolean openAfterTwo = user.isOpen();
        user.send(frame);
        int code = user.awaitClose();

        assertThat(openAfterTwo).isTrue();
        assertThat(code).isEqualTo(closeCode);
        assertThat(user.received("ERROR")).hasSize(3);
        assertThat(user.awaitError(user.errors().getFirst())).contains(detail);
        assertThat(user.errors()).containsOnly("UNKNOWN_TYPE");
    }

    @Test
    void shouldTakeDepthAndLengthUpToTheLimits() {
        SocketUser alice = hello(ALICE);
        String deepest = frame("{}", nested(15));
        String longest = deepest + " ".repeat(LIMIT - deepest.length());

        alice.send(longest);

        assertThat(alice.awaitError("UNKNOWN_TYPE")).doesNotContain("exceeds");
    }

    @Test
    void shouldCloseAtOnceOnAMessageThatIsTooLongToSkip() {
        SocketUser user = connect();

        user.send("x".repeat(4 * LIMIT + 1));

        assertThat(user.awaitClose()).isEqualTo(TOO_BIG);
    }

    @Test
    void shouldCloseAUsersLinkToo() {
        SocketUser alice = hello(ALICE);

        alice.send("one").send("two").send("three");

        assertThat(alice.awaitClose()).isEqualTo(POLICY);
        assertThat(alice.received("ERROR")).hasSize(3);
    }

    @Test
    void shouldNotDeliverWhatComesAfterTheThirdMalformedFrame() {
        SocketUser bob = hello(BOB);
        SocketUser alice = hello(ALICE);

        alice.send("one").send("two").send("three");
        try {
            alice.send(Envelopes.msgDirect(ALICE, BOB));
        } catch (RuntimeException closedAlready) {
            // As good.
        }
        alice.awaitClose();

        assertThat(bob.settle(BOB).received("USER_DELIVER")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIST_REQUEST", "MSG_DIRECT", "HEARTBEAT", "NO_SUCH_TYPE"})
    void shouldRefuseALinkThatDoesNotBeginWithAHello(String type) {
        EnvelopeBuilder first =
                switch (type) {
                    case "LIST_REQUEST" -> Envelopes.listRequest(ALICE);
                    case "MSG_DIRECT" -> Envelopes.msgDirect(ALICE, BOB);
                    case "HEARTBEAT" -> Envelopes.heartbeat(Actors.B);
                    default -> Envelopes.heartbeat(Actors.B).type(type);
                };

        SocketUser user = connect().send(first);

        assertThat(user.awaitClose()).isEqualTo(POLICY);
        assertThat(user.errors()).containsExactly("UNKNOWN_TYPE");
    }

    @Test
    void shouldNotTakeAHelloAfterARefusedFirstFrame() {
        SocketUser bob = hello(BOB);
        SocketUser user = connect().send(Envelopes.listRequest(ALICE));
        try {
            user.send(Envelopes.userHello(ALICE));
        } catch (RuntimeException closedAlready) {
            // As good.
        }

        assertThat(user.awaitClose()).isEqualTo(POLICY);
        assertThat(bob.settle(BOB).received("USER_ADVERTISE")).isEmpty();
    }

    @Test
    void shouldCloseWhenNoFrameComesInTime(@TempDir Path own) {
        try (TestRelay impatient =
                TestRelay.of(Actors.B)
                        .withLinks(TestRelay.links(Duration.ofMillis(300), 1 << 20))
                        .start(own)) {
            SocketUser user = connect(impatient);

            int code = user.awaitClose();

            assertThat(code).isEqualTo(POLICY);
            assertThat(user.errors()).containsExactly("TIMEOUT");
        }
    }

    static Stream<Arguments> badKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        PublicKey small = generator.generateKeyPair().getPublic();
        BigInteger modulus = ((RSAPublicKey) x509(ALICE.key().text())).getModulus();
        PublicKey exponent3 =
                KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(3)));
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        return Stream.of(
                Arguments.of("RSA-2048", base64(small)),
                Arguments.of("exponent 3", base64(exponent3)),
                Arguments.of("EC", base64(curve.generateKeyPair().getPublic())),
                Arguments.of("no base64", "!!!"),
                Arguments.of("no DER", "AAAA"),
                Arguments.of("empty", ""),
                Arguments.of("cut", ALICE.key().text().substring(0, 600)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badKeys")
    void shouldRefuseAUsersKeyThatIsNotRsa4096(String name, String key) {
        SocketUser user = connect().send(Envelopes.userHello(ALICE).with("pubkey", key));

        assertThat(user.awaitClose()).isEqualTo(POLICY);
        assertThat(user.errors()).containsExactly("BAD_KEY");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badKeys")
    void shouldRefuseAServersKeyThatIsNotRsa4096(String name, String key) {
        SocketUser server = connect().send(Envelopes.serverHelloJoin(Actors.C).with("pubkey", key));

        assertThat(server.awaitClose()).isEqualTo(POLICY);
        assertThat(server.errors()).containsExactly("BAD_KEY");
        assertThat(relay.scrape().value("socp_peers")).isZero();
    }

    static Stream<Arguments> unproven() {
        return Stream.of(
                Arguments.of("no proof at all", direct().unsigned().contentSig(null)),
                Arguments.of("sig of another key", direct().signedBy(TestKeys.MALLORY)),
                Arguments.of("sig of nothing", direct().sig("AAAA")),
                Arguments.of("sig that is no base64", direct().sig("!?")),
                Arguments.of(
                        "content_sig of another key",
                        direct().unsigned().contentSignedBy(TestKeys.MALLORY)),
                Arguments.of("from another user", direct().from(CAROL.id())),
                Arguments.of("too old", direct().ts(System.currentTimeMillis() - 130_000)),
                Arguments.of("from the future", direct().ts(System.currentTimeMillis() + 130_000)),
                Arguments.of(
                        "public, sig of another key",
                        Envelopes.msgPublic(ALICE).signedBy(TestKeys.MALLORY)),
                Arguments.of("public, from another user", Envelopes.msgPublic(CAROL)),
                Arguments.of(
                        "file, sig of another key",
                        Envelopes.fileStart(ALICE, BOB.id()).signedBy(TestKeys.MALLORY)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unproven")
    void shouldDoNothingButAnswerWhenAProofIsMissingOrWrong(String name, EnvelopeBuilder frame) {
        SocketUser bob = hello(BOB);
        SocketUser alice = hello(ALICE);

        boolean timeMatters = name.contains("old") || name.contains("future");
        alice.send(timeMatters ? frame.build() : frame.ts(System.currentTimeMillis()).build());
        alice.awaitError("INVALID_SIG");
        alice.send(Envelopes.msgDirect(ALICE, BOB));
        bob.await("USER_DELIVER");

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(bob.received("MSG_PUBLIC_CHANNEL")).isEmpty();
        assertThat(bob.received("FILE_START")).isEmpty();
        assertThat(alice.errors()).containsExactly("INVALID_SIG");
    }

    @Test
    void shouldRefuseAHelloWhoseSignatureIsWrong() {
        SocketUser bob = hello(BOB);
        SocketUser user = connect().send(Envelopes.userHello(ALICE).signedBy(TestKeys.MALLORY));

        user.awaitError("INVALID_SIG");

        assertThat(bob.settle(BOB).received("USER_ADVERTISE")).isEmpty();
        // The link may still say a proper hello.
        user.send(Envelopes.userHello(ALICE));
        bob.awaitNews("USER_ADVERTISE", ALICE);
    }

    @Test
    void shouldRefuseAServersGossipThatItsHomeDidNotSign() {
        SocketUser bob = hello(BOB);
        SocketUser server = connect().send(Envelopes.serverHelloJoin(Actors.B));
        server.await("SERVER_WELCOME");

        server.send(Envelopes.advertise(Actors.B, ALICE).signedBy(TestKeys.MALLORY));
        server.awaitError("INVALID_SIG");
        server.send(Envelopes.advertise(Actors.B, ALICE).unsigned());
        await().atMost(SocketUser.PATIENCE).until(() -> server.errors().size() == 2);

        assertThat(server.errors()).containsExactly("INVALID_SIG", "INVALID_SIG");
        assertThat(bob.settle(BOB).received("USER_ADVERTISE")).isEmpty();
    }

    @Test
    void shouldRefuseAHeartbeatInAnotherServersName() {
        SocketUser server = connect().send(Envelopes.serverHelloJoin(Actors.B));
        server.await("SERVER_WELCOME");

        server.send(Envelopes.heartbeat(Actors.C).signedBy(TestKeys.SERVER_B));

        assertThat(server.awaitError("INVALID_SIG")).contains("from");
    }

    @Test
    void shouldAnswerAnUnknownTypeAndGoOn() {
        SocketUser alice = hello(ALICE);

        alice.send(Envelopes.listRequest(ALICE).type("MSG_DIREKT"));

        assertThat(alice.awaitError("UNKNOWN_TYPE")).contains("MSG_DIREKT");
        alice.settle(ALICE);
        assertThat(alice.errors()).hasSize(1);
    }

    @Test
    void shouldCountATypeNobodyKnowsUnderOther() {
        double before = relay.scrape().value("socp_frames_total", "other", "unusable");
        SocketUser alice = hello(ALICE);

        alice.send(Envelopes.listRequest(ALICE).type("MSG_DIREKT"));
        alice.awaitError("UNKNOWN_TYPE");

        Scrape after = relay.scrape();
        assertThat(after.value("socp_frames_total", "other", "unusable")).isEqualTo(before + 1);
        assertThat(after.has("socp_frames_total", "MSG_DIREKT")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"ERROR\"}",
                "{\"type\":\"ACK\"}",
                "{\"type\":\"ERROR\",\"payload\":{\"code\":7}}",
                "{\"type\":\"ACK\",\"from\":\"someone else\",\"payload\":{\"msg_ref\":[]}}",
                "{\"type\":\"ERROR\",\"ts\":\"now\"}",
                "{\"type\":\"ACK\",\"from\":7}",
                "{\"payload\":[],\"type\":\"ERROR\"}",
                "{\"type\":\"ERROR\",\"payload\":{\"code\":\"X\",\"code\":\"Y\"}}",
                "{\"type\":\"ERROR\",\"payload\":{\"code\":\"X\"",
                "{\"type\":\"X\",\"type\":\"ERROR\"}"
            })
    void shouldNeverAnswerAnErrorOrAnAck(String notice) {
        SocketUser alice = hello(ALICE);

        for (int i = 0; i < 5; i++) {
            alice.send(notice);
        }
        alice.settle(ALICE);

        assertThat(alice.errors()).isEmpty();
        assertThat(alice.isOpen()).isTrue();
    }

    @Test
    void shouldStopAnsweringOneWhoEarnsNothingButErrors() {
        SocketUser alice = hello(ALICE);
        String unknown =
                new String(
                        Envelopes.listRequest(ALICE).type("NONSENSE").build().bytes(),
                        StandardCharsets.UTF_8);

        for (int i = 0; i < 200; i++) {
            alice.send(unknown);
        }
        alice.settle(ALICE);

        assertThat(alice.errors()).hasSizeBetween(20, 100);
    }

    private SocketUser hello(Actors.Person person) {
        SocketUser user = SocketUser.hello(relay.port(), person);
        users.add(user);
        return user;
    }

    private SocketUser connect() {
        return connect(relay);
    }

    private SocketUser connect(TestRelay to) {
        SocketUser user = SocketUser.connect(to.port());
        users.add(user);
        return user;
    }

    private static void awaitErrors(SocketUser user, int count) {
        await().atMost(SocketUser.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> user.errors().size() >= count);
    }

    private static EnvelopeBuilder direct() {
        return Envelopes.msgDirect(ALICE, BOB);
    }

    private static String text(EnvelopeBuilder envelope) {
        return new String(
                envelope.ts(System.currentTimeMillis()).build().bytes(), StandardCharsets.UTF_8);
    }

    /** A whole frame with one thing changed. */
    private static String frame(String what, String with) {
        String whole = "{\"type\":\"X\",\"from\":\"x\",\"to\":\"x\",\"ts\":1,\"payload\":{}}";
        if (!whole.contains(what)) {
            throw new IllegalArgumentException(what);
        }
        return whole.replace(what, with);
    }

    /** A payload so many objects deep. */
    private static String nested(int levels) {
        return "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }

    private static PublicKey x509(String base64Url) throws Exception {
        return KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getUrlDecoder().decode(base64Url)));
    }

    private static String base64(PublicKey key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getEncoded());
    }
}
