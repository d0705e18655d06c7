package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.ClientOptions;
import io.socp.relay.client.PinnedKeys;
import io.socp.relay.client.ReturnOptions;
import io.socp.relay.client.SocpClient;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three relay processes are restarted one after the other while users of our client library, who
 * know all three, write to each other: none is shown twice, and none is lost, which is to be
 * neither shown nor reported to its author.
 */
@Timeout(180)
class RollingRestartIT {

    private static final Duration MESH_FORMS = Duration.ofSeconds(40);
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final List<TestKeys> KEYS =
            List.of(
                    TestKeys.ALICE,
                    TestKeys.BOB,
                    TestKeys.CAROL,
                    TestKeys.SERVER_A,
                    TestKeys.SERVER_B,
                    TestKeys.SERVER_C);
    private static final int USERS = KEYS.size();
    private static final int MESSAGES_A_SECOND = 60;

    /** Messages that go before a restart, and after it. */
    private static final int BETWEEN = 60;

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    private final List<RelayNode> relays = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final Map<String, AtomicInteger> shownByText = new ConcurrentHashMap<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final Map<Way, AtomicInteger> reports = new ConcurrentHashMap<>();
    private final AtomicInteger returns = new AtomicInteger();

    /** From which user to which. */
    private record Way(UserId author, UserId reader) {}

    /** One user and what he is told. */
    private final class Member {

        private final UserId id = new UserId(UUID.randomUUID().toString());
        private final SocpClient client;

        Member(int at) throws Exception {
            List<URI> elsewhere = new ArrayList<>();
            for (int i = 1; i < relays.size(); i++) {
                elsewhere.add(uri(at + i));
            }
            client =
                    SocpClient.connect(
                                    new ClientIdentity(
                                            id,
                                            KEYS.get(at).identity(),
                                            null,
                                            PinnedKeys.inMemory()),
                                    ClientOptions.to(uri(at))
                                            .returning(ReturnOptions.to(elsewhere)),
                                    this::onEvent)
                            .get(30, TimeUnit.SECONDS);
        }

        private void onEvent(ClientEvent event) {
            switch (event) {
                case ClientEvent.DirectMessage message ->
                        shownByText
                                .computeIfAbsent(message.text(), _ -> new AtomicInteger())
                                .incrementAndGet();
                case ClientEvent.ServerError error -> {
                    if (IdRule.LENIENT.accepts(error.detail())) {
                        onReported(new Way(id, new UserId(error.detail())));
                    }
                }
                case ClientEvent.Reconnecting _ -> returns.incrementAndGet();
                case ClientEvent _ -> {}
            }
        }
    }

    @Test
    void shouldLoseNothingAndShowNothingTwice() throws Exception {
        startMesh();
        for (int i = 0; i < USERS; i++) {
            members.add(new Member(i));
        }
        ScheduledExecutorService talk = Executors.newSingleThreadScheduledExecutor();
        try {
            var _ =
                    talk.scheduleAtFixedRate(
                            this::sayNext,
                            0,
                            TimeUnit.SECONDS.toMicros(1) / MESSAGES_A_SECOND,
                            TimeUnit.MICROSECONDS);
            awaitTalk();
            for (RelayNode relay : relays) {
                relay.process().terminate();
                assertThat(relay.process().awaitExit()).as("exit code at SIGTERM").isZero();
                relay.start();
                relay.awaitPeers(2, MESH_FORMS);
                awaitTalk();
            }
        } finally {
            talk.shutdown();
        }
        assertThat(talk.awaitTermination(10, TimeUnit.SECONDS)).isTrue();

        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> lost() == 0);
        } finally {
            System.out.printf(
                    "rolling restart: sent %d, shown %d, reported %d, lost %d, reconnections %d%n",
                    sent.get(),
                    shownByText.size(),
                    reports.values().stream().mapToInt(AtomicInteger::get).sum(),
                    lost(),
                    returns.get());
        }
        for (Member member : members) {
            member.client.close();
            member.client.closed().get(10, TimeUnit.SECONDS);
        }
        assertThat(shownByText.values()).allMatch(times -> times.get() == 1);
        assertThat(returns.get()).isGreaterThanOrEqualTo(USERS);
    }

    /** Everyone in turn writes to somebody else. */
    private void sayNext() {
        int number = sent.getAndIncrement();
        var _ =
                members.get(author(number))
                        .client
                        .sendDirect(members.get(reader(number)).id, text(number))
                        .exceptionally(_ -> {
                            onReported(way(number));
                            return null;
                        });
    }

    private static String text(int number) {
        return "message " + number;
    }

    private static int author(int number) {
        return number % USERS;
    }

    private static int reader(int number) {
        return (author(number) + 1 + number / USERS % (USERS - 1)) % USERS;
    }

    private Way way(int number) {
        return new Way(members.get(author(number)).id, members.get(reader(number)).id);
    }

    private void onReported(Way way) {
        reports.computeIfAbsent(way, _ -> new AtomicInteger()).incrementAndGet();
    }

    /** Messages that were neither shown nor reported. */
    private int lost() {
        Map<Way, Integer> unseen = new HashMap<>();
        for (int number = 0; number < sent.get(); number++) {
            if (!shownByText.containsKey(text(number))) {
                unseen.merge(way(number), 1, Integer::sum);
            }
        }
        int lost = 0;
        for (Map.Entry<Way, Integer> each : unseen.entrySet()) {
            AtomicInteger reported = reports.getOrDefault(each.getKey(), new AtomicInteger());
            lost += Math.max(0, each.getValue() - reported.get());
        }
        return lost;
    }

    private void awaitTalk() {
        int until = sent.get() + BETWEEN;
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> sent.get() >= until);
    }

    private void startMesh() throws Exception {
        for (String name : List.of("roll-a", "roll-b", "roll-c")) {
            RelayNode relay = new RelayNode(PROCESSES, name);
            relay.start();
            relays.add(relay);
        }
        for (RelayNode relay : relays) {
            relay.awaitReady();
        }
        for (RelayNode relay : relays) {
            relay.introduceTo(relays.stream().filter(other -> other != relay).toList());
        }
        for (RelayNode relay : relays) {
            relay.process().terminate();
            relay.process().awaitExit();
            relay.start();
        }
        for (RelayNode relay : relays) {
            relay.awaitPeers(2, MESH_FORMS);
        }
    }

    private URI uri(int at) {
        return URI.create(relays.get(at % relays.size()).clientUri());
    }
}
