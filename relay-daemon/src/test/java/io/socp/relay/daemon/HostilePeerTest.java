package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.TestKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Alice on relay A and Bob on B talk, while a third server does to A what it can. */
class HostilePeerTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final int MESSAGES = 200;

    @TempDir private Path dir;

    private TestRelay a;
    private TestRelay b;
    private SocketUser alice;
    private SocketUser bob;
    private SocketUser hostile;

    @BeforeEach
    void start() {
        a = TestRelay.of(Actors.A).start(dir);
        b = TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()).start(dir);
        alice = SocketUser.hello(a.port(), ALICE);
        bob = SocketUser.hello(b.port(), BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);
        bob.awaitNews("USER_ADVERTISE", ALICE);
        hostile = SocketUser.connect(a.port());
        hostile.send(Envelopes.serverHelloJoin(C));
        hostile.await("SERVER_WELCOME");
    }

    @AfterEach
    void stop() {
        hostile.close();
        alice.close();
        bob.close();
        b.close();
        a.close();
    }

    @Test
    void shouldDeliverEverythingWhileHostilePeerFloodsAndIsCut() {
        CompletableFuture<Void> flood = CompletableFuture.runAsync(this::flood);

        for (int i = 0; i < MESSAGES; i++) {
            alice.send(Envelopes.msgDirect(ALICE, BOB).with("ciphertext", text(i)));
            bob.send(Envelopes.msgPublic(BOB).with("ciphertext", text(i)));
        }

        assertThat(hostile.awaitClose()).isEqualTo(CloseReason.POLICY.code());
        flood.join();
        assertThat(texts(bob, "USER_DELIVER", MESSAGES)).isEqualTo(allTexts());
        assertThat(texts(alice, "MSG_PUBLIC_CHANNEL", MESSAGES)).isEqualTo(allTexts());
        assertThat(alice.errors()).isEmpty();
        assertThat(bob.errors()).isEmpty();
        assertThat(a.scrape().value("socp_peers_cut_total")).isEqualTo(1);
        assertThat(a.scrape().value("socp_peer_offences_total", "forges_server_id")).isPositive();
        assertThat(b.scrape().value("socp_peers_cut_total")).isZero();
        await().atMost(SocketUser.PATIENCE).until(() -> a.scrape().value("socp_peers") == 1);
    }

    @Test
    void shouldTellOperatorOnceAndRefuseHostilePeerThatComesBack() {
        try (OperatorLog log = new OperatorLog()) {
            flood();
            hostile.awaitClose();
            await().atMost(SocketUser.PATIENCE).until(() -> log.says("peer " + C.id() + " lost"));
            for (int i = 0; i < 3; i++) {
                try (SocketUser again = SocketUser.connect(a.port())) {
                    again.send(Envelopes.serverHelloJoin(C));
                    assertThat(again.awaitClose()).isEqualTo(CloseReason.POLICY.code());
                    assertThat(again.errors()).containsExactly("NAME_IN_USE");
                }
            }

            assertThat(log.lines().stream().filter(line -> line.contains(C.id().value())))
                    .allMatch(line -> line.startsWith("WARN "))
                    .doesNotHaveDuplicates()
                    .hasSizeLessThanOrEqualTo(7);
            assertThat(log.says("server " + C.id() + " is cut off")).isTrue();
        }
    }

    /** Claims, forgeries, wrong signatures and noise, until the relay has had enough. */
    private void flood() {
        List<String> frames =
                List.of(
                        frame(Envelopes.advertise(C, ALICE)),
                        frame(Envelopes.remove(C, BOB)),
                        frame(Envelopes.remove(C, BOB).with("server_id", Actors.B.id().value())),
                        frame(Envelopes.heartbeat(C).signedBy(TestKeys.MALLORY)),
                        frame(Envelopes.serverDeliver(C, BOB, ALICE).signedBy(TestKeys.MALLORY)),
                        frame(new EnvelopeBuilder("WHATEVER").from(C.id())));
        try {
            while (hostile.isOpen()) {
                frames.forEach(hostile::send);
            }
        } catch (CompletionException cutOff) {
            assertThat(hostile.awaitClose()).isEqualTo(CloseReason.POLICY.code());
        }
    }

    private static String frame(EnvelopeBuilder builder) {
        Envelope envelope = builder.ts(System.currentTimeMillis()).build();
        return new String(envelope.bytes(), StandardCharsets.UTF_8);
    }

    private static List<String> texts(SocketUser reader, String type, int count) {
        await().atMost(SocketUser.PATIENCE).until(() -> reader.received(type).size() >= count);
        return reader.received(type).stream().map(e -> ScriptedEnd.text(e, "ciphertext")).toList();
    }

    private static List<String> allTexts() {
        return IntStream.range(0, MESSAGES).mapToObj(HostilePeerTest::text).toList();
    }

    private static String text(int number) {
        return Envelopes.sealed("message " + number);
    }
}
