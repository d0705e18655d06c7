package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.Scrape;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Alice on relay A, Bob and Carol on B, which is told to end while they talk. */
class DrainTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final Duration GRACE = Duration.ofSeconds(6);
    private static final int MESSAGES = 80;

    @TempDir private Path dir;

    private final OperatorLog log = new OperatorLog();
    private final List<SocketUser> users = new ArrayList<>();
    private TestRelay a;
    private TestRelay b;
    private SocketUser alice;
    private SocketUser bob;
    private SocketUser carol;

    @BeforeEach
    void start() {
        a = TestRelay.of(Actors.A).start(dir);
        b = TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()).start(dir);
        await().atMost(SocketUser.PATIENCE)
                .until(() ->
                        a.scrape().value("socp_peers") == 1 && b.scrape().value("socp_peers") == 1);
        alice = hello(a, ALICE);
        JsonObject wish = JsonObject.builder().put("reconnect", true).build();
        bob = SocketUser.connect(b.port());
        users.add(bob);
        bob.send(Envelopes.userHello(BOB).with("ext", wish));
        bob.await("USER_WELCOME");
        carol = hello(b, CAROL);
        alice.awaitNews("USER_ADVERTISE", BOB);
        alice.awaitNews("USER_ADVERTISE", CAROL);
    }

    @AfterEach
    void stop() {
        users.forEach(SocketUser::close);
        a.close();
        b.close();
        log.close();
    }

    @Test
    void shouldTellEachUserAsHeUnderstandsIt() {
        CompletableFuture<Void> drained = drain();

        assertThat(bob.awaitClose()).isEqualTo(1012);
        assertThat(carol.awaitClose()).isEqualTo(1001);
        assertThat(bob.received("CTRL_CLOSE")).hasSize(1);
        assertThat(carol.received("CTRL_CLOSE")).isEmpty();
        drained.join();
    }

    @Test
    void shouldLetNobodyInAndNotBeReadyWhileItEnds() {
        int management = b.managementPort();
        CompletableFuture<Void> drained = drain();
        bob.awaitClose();
        alice.send(Envelopes.msgDirect(ALICE, BOB));

        int ready = Scrape.request(management, "/readyz", "GET").statusCode();

        assertThat(ready).isEqualTo(503);
        assertThat(isListening(b.port())).isFalse();
        drained.join();
    }

    @Test
    void shouldLoseNothingThatIsSaidWhileItsUsersMove() {
        Set<String> sent = new HashSet<>();
        for (int i = 0; i < MESSAGES / 2; i++) {
            sent.add(tell(alice, ALICE, BOB, i));
            sent.add(tell(carol, CAROL, BOB, 1_000 + i));
        }
        CompletableFuture<Void> drained = drain();
        for (int i = MESSAGES / 2; i < MESSAGES; i++) {
            sent.add(tell(alice, ALICE, BOB, i));
        }
        bob.awaitClose();
        SocketUser moved = hello(a, BOB);
        for (int i = MESSAGES; i < MESSAGES + 20; i++) {
            sent.add(tell(alice, ALICE, BOB, i));
        }
        drained.join();

        // What was on its way to B in that moment, and cannot go back to where it came from, is
        // reported; everything else arrives.
        await().atMost(SocketUser.PATIENCE)
                .until(() ->
                        texts(bob).size() + texts(moved).size() + alice.errors().size()
                                >= sent.size());
        List<String> got = new ArrayList<>(texts(bob));
        got.addAll(texts(moved));
        assertThat(got).doesNotHaveDuplicates().hasSize(sent.size() - alice.errors().size());
        assertThat(sent).containsAll(got);
        assertThat(alice.errors()).allMatch("USER_NOT_FOUND"::equals);
        assertThat(log.says("INFO", "brought away")).isTrue();
    }

    private CompletableFuture<Void> drain() {
        return CompletableFuture.runAsync(() -> b.drain(GRACE));
    }

    private static boolean isListening(int port) {
        try {
            SocketUser.connect(port).close();
            return true;
        } catch (RuntimeException refused) {
            return false;
        }
    }

    private String tell(SocketUser from, Person author, Person to, int number) {
        String text = Envelopes.sealed("message " + number);
        from.send(Envelopes.msgDirect(author, to).with("ciphertext", text));
        return text;
    }

    private static List<String> texts(SocketUser user) {
        return user.received("USER_DELIVER").stream()
                .map(e -> ScriptedEnd.text(e, "ciphertext"))
                .toList();
    }

    private SocketUser hello(TestRelay relay, Person person) {
        SocketUser user = SocketUser.hello(relay.port(), person);
        users.add(user);
        return user;
    }
}
