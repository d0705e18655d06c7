package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.Cable;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Alice on relay A, Bob and Carol on B; the only way between the two breaks while they talk. */
class CutLinkTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final int MESSAGES = 240;
    private static final int BREAK_AT = 80;
    private static final int HEAL_AT = 160;

    /** More than a link's budget for errors. */
    private static final int MANY_ERRORS = 40;

    @TempDir private Path dir;

    private final Cable toA = new Cable();
    private final Cable toB = new Cable();
    private final List<SocketUser> users = new ArrayList<>();
    private TestRelay a;
    private TestRelay b;
    private SocketUser alice;
    private SocketUser bob;
    private SocketUser carol;

    @BeforeEach
    void start() {
        a = TestRelay.of(Actors.A).withAdvertisedPort(toA.port()).start(dir);
        toA.leadTo(a.port());
        b =
                TestRelay.of(Actors.B)
                        .withAdvertisedPort(toB.port())
                        .withIntroducers(TestRelay.introducer(toA.port(), Actors.A))
                        .start(dir);
        toB.leadTo(b.port());
        awaitLink();
        alice = hello(a, ALICE);
        bob = hello(b, BOB);
        carol = hello(b, CAROL);
        alice.awaitNews("USER_ADVERTISE", BOB);
        alice.awaitNews("USER_ADVERTISE", CAROL);
        carol.awaitNews("USER_ADVERTISE", ALICE);
    }

    @AfterEach
    void stop() {
        users.forEach(SocketUser::close);
        a.close();
        b.close();
        toA.close();
        toB.close();
    }

    @Test
    void shouldDeliverEachMessageOnceAndInOrderAcrossACut() {
        talk(() -> {
            toA.cut();
            toB.cut();
        });

        assertAllArrived();
    }

    @Test
    void shouldDeliverWhatTheNetworkSwallowedBeforeTheLinkBroke() {
        talk(() -> {
            toA.swallow();
            toB.swallow();
        });

        assertAllArrived();
        assertThat(a.scrape().value("socp_peer_frames_sent_again_total")).isPositive();
    }

    @Test
    void shouldKeepNothingOnceItIsConfirmed() {
        talk(() -> {});

        assertAllArrived();
        await().atMost(SocketUser.PATIENCE)
                .until(() -> a.scrape().value("socp_peer_spool_frames") == 0);
        assertThat(a.scrape().value("socp_peer_spool_bytes")).isZero();
        assertThat(a.scrape().value("socp_peer_frames_given_up_total")).isZero();
    }

    @Test
    void shouldTellTheSenderOfEachMessageOnceTheServerIsGivenUp() {
        b.close();
        toB.cut();
        toA.cut();
        alice.awaitNews("USER_REMOVE", BOB);

        for (int i = 0; i < MANY_ERRORS; i++) {
            alice.send(numbered(Envelopes.msgDirect(ALICE, BOB), i));
        }
        alice.settle(ALICE);

        assertThat(alice.errors()).hasSize(MANY_ERRORS).containsOnly("USER_NOT_FOUND");
    }

    /** Alice writes to Bob and to all; after a third the way breaks, after another it heals. */
    private void talk(Runnable breakdown) {
        List<Envelope> direct = numbered(() -> Envelopes.msgDirect(ALICE, BOB));
        List<Envelope> toAll = numbered(() -> Envelopes.msgPublic(ALICE));
        for (int i = 0; i < MESSAGES; i++) {
            if (i == BREAK_AT) {
                await().atMost(SocketUser.PATIENCE)
                        .until(() -> !bob.received("USER_DELIVER").isEmpty());
                breakdown.run();
            }
            if (i == HEAL_AT) {
                alice.settle(ALICE);
                toA.heal();
                toB.heal();
            }
            alice.send(direct.get(i));
            alice.send(toAll.get(i));
        }
        alice.settle(ALICE);
    }

    private void assertAllArrived() {
        await().atMost(SocketUser.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() ->
                        bob.received("USER_DELIVER").size() >= MESSAGES
                                && carol.received("MSG_PUBLIC_CHANNEL").size() >= MESSAGES);
        awaitLink();
        // Whatever was sent twice has arrived before what is sent now.
        alice.send(numbered(Envelopes.msgDirect(ALICE, CAROL), MESSAGES));
        carol.await("USER_DELIVER");
        List<String> expected = IntStream.range(0, MESSAGES).mapToObj(CutLinkTest::text).toList();
        assertThat(texts(bob, "USER_DELIVER")).isEqualTo(expected);
        assertThat(texts(carol, "MSG_PUBLIC_CHANNEL")).isEqualTo(expected);
        assertThat(alice.errors()).isEmpty();
    }

    private static List<Envelope> numbered(java.util.function.Supplier<EnvelopeBuilder> made) {
        return IntStream.range(0, MESSAGES).mapToObj(i -> numbered(made.get(), i)).toList();
    }

    private static Envelope numbered(EnvelopeBuilder builder, int number) {
        return builder.with("ciphertext", text(number)).ts(System.currentTimeMillis()).build();
    }

    private static String text(int number) {
        return Envelopes.sealed("message " + number);
    }

    private static List<String> texts(SocketUser reader, String type) {
        return reader.received(type).stream().map(e -> ScriptedEnd.text(e, "ciphertext")).toList();
    }

    private void awaitLink() {
        for (TestRelay relay : List.of(a, b)) {
            await().atMost(SocketUser.PATIENCE)
                    .until(() -> relay.scrape().value("socp_peers") == 1);
        }
    }

    private SocketUser hello(TestRelay relay, Person person) {
        SocketUser user = SocketUser.hello(relay.port(), person);
        users.add(user);
        return user;
    }
}
