package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.socp.relay.crypto.IdentityTrust;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Relays that speak TLS: real sockets, and a TLS library that is not ours at the other end. */
class TlsEndToEndTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private Path dir;

    private final OperatorLog log = new OperatorLog();
    private final List<TestRelay> relays = new ArrayList<>();
    private final List<SocketUser> users = new ArrayList<>();

    @AfterEach
    void stop() {
        users.forEach(SocketUser::close);
        relays.forEach(TestRelay::close);
        log.close();
    }

    @Test
    void shouldServeUsersOfBothKindsOnOnePort() throws Exception {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.OPTIONAL)));
        SocketUser alice = hello(SocketUser.connect(client("TLSv1.3"), a.port()), ALICE);
        SocketUser bob = hello(SocketUser.connect(a.port()), BOB);

        alice.send(Envelopes.msgDirect(ALICE, BOB));
        bob.send(Envelopes.msgDirect(BOB, ALICE));
        bob.send(Envelopes.msgPublic(BOB));

        alice.await("USER_DELIVER");
        bob.await("USER_DELIVER");
        alice.await("MSG_PUBLIC_CHANNEL");
        assertThat(handshakes(a, "done")).isEqualTo(1);
    }

    @Test
    void shouldTakeNobodyWithoutTlsWhereItIsRequired() {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.REQUIRED)));

        assertThatThrownBy(() -> SocketUser.connect(a.port()));

        assertThat(handshakes(a, "plain_refused")).isPositive();
        assertThat(log.says("without TLS and was refused")).isTrue();
    }

    @Test
    void shouldSayThatAnEntryWithoutTlsLeadsToServerThatRequiresIt() {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.REQUIRED)));

        TestRelay b = start(TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()));

        await().atMost(SocketUser.PATIENCE)
                .until(() -> log.says("WARN", "127.0.0.1:" + a.port(), "`tls: true`"));
        assertThat(b.scrape().value("socp_peers")).isZero();
    }

    @Test
    void shouldSpeakTheOlderVersionOnlyWhereItIsAllowed() throws Exception {
        TlsOptions required = TlsOptions.in(Mode.REQUIRED);
        TestRelay a = start(TestRelay.of(Actors.A).withTls(required));
        TestRelay b = start(TestRelay.of(Actors.B).withTls(required.allowingOlder(true)));
        HttpClient older = client("TLSv1.2");

        assertThatThrownBy(() -> SocketUser.connect(older, a.port()))
                .hasRootCauseInstanceOf(SSLException.class);
        hello(SocketUser.connect(older, b.port()), ALICE);

        assertThat(handshakes(a, "failed")).isEqualTo(1);
        assertThat(handshakes(b, "done")).isEqualTo(1);
    }

    @Test
    void shouldFormAMeshWhoseServersProveThemselvesToEachOther() {
        TlsOptions required = TlsOptions.in(Mode.REQUIRED);
        TestRelay a = start(TestRelay.of(Actors.A).withTls(required));
        TestRelay b =
                start(
                        TestRelay.of(Actors.B)
                                .withTls(required)
                                .withIntroducers(a.asIntroducerOverTls()));
        TestRelay c =
                start(
                        TestRelay.of(Actors.C)
                                .withTls(required)
                                .withIntroducers(a.asIntroducerOverTls()));

        // B and C know of each other from A alone: the word that they speak TLS has travelled.
        for (TestRelay relay : List.of(a, b, c)) {
            await().atMost(SocketUser.PATIENCE)
                    .until(() -> relay.scrape().value("socp_peers") == 2);
        }

        assertThat(handshakes(a, "done")).isGreaterThanOrEqualTo(2);
        assertThat(handshakes(a, "plain_refused")).isZero();
        assertThat(handshakes(b, "plain_refused") + handshakes(c, "plain_refused")).isZero();
    }

    @Test
    void shouldDialTlsAlsoWithoutServingIt() {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.REQUIRED)));

        TestRelay b = start(TestRelay.of(Actors.B).withIntroducers(a.asIntroducerOverTls()));

        await().atMost(SocketUser.PATIENCE).until(() -> b.scrape().value("socp_peers") == 1);
        assertThat(handshakes(a, "done")).isGreaterThanOrEqualTo(1);
    }

    @Test
    void attackShouldFailWhenAnotherKeyAnswersOverTlsThanIsPinned() {
        TestRelay mallory =
                start(TestRelay.of(Actors.MALLORY).withTls(TlsOptions.in(Mode.REQUIRED)));
        var pinned = new Introducer(mallory.asIntroducerOverTls().address(), Actors.A.key());

        TestRelay b = start(TestRelay.of(Actors.B).withIntroducers(pinned));

        await().atMost(SocketUser.PATIENCE).until(() -> handshakes(b, "wrong_key") >= 3);
        assertThat(b.scrape().value("socp_peers")).isZero();
        assertThat(
                        log.lines().stream()
                                .filter(l -> l.startsWith("WARN") && l.contains("is pinned to it")))
                .as("once, and not with every attempt")
                .hasSize(1);
    }

    private TestRelay start(TestRelay.Setup setup) {
        TestRelay relay = setup.start(dir);
        relays.add(relay);
        return relay;
    }

    private SocketUser hello(SocketUser user, Person person) {
        users.add(user);
        user.send(Envelopes.userHello(person).with("ext", JsonObject.EMPTY));
        user.await("USER_WELCOME");
        return user;
    }

    private static double handshakes(TestRelay relay, String result) {
        return relay.scrape().value("socp_tls_handshakes_total", "result=\"" + result + "\"");
    }

    private static HttpClient client(String version) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new IdentityTrust(Instant::now)}, null);
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {version});
        return HttpClient.newBuilder().sslContext(context).sslParameters(parameters).build();
    }
}
