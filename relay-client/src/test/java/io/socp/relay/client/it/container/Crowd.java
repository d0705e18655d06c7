package io.socp.relay.client.it.container;

import static org.awaitility.Awaitility.await;

import io.socp.relay.client.it.container.Ledger.Sums;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two users on each relay of a mesh, who write to each other all the time. Used by one thread; they
 * speak on another.
 */
final class Crowd implements AutoCloseable {

    /** Nobody counts it down: what is waited for is time. */
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private static final int USERS_PER_RELAY = 2;

    static final int USERS = USERS_PER_RELAY * ContainerMesh.RELAYS;

    private static final Duration ARRIVAL_MAX = Duration.ofMinutes(1);

    private static final Duration LAST_WORD_MAX = Duration.ofMinutes(1);

    /** A link that was cut has this long to be whole again before we give up. */
    private static final Duration HEAL_MAX = Duration.ofMinutes(2);

    private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);

    private final ContainerMesh mesh;
    private final Ledger ledger = new Ledger();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("crowd").factory());
    private final List<Talker> talkers = new ArrayList<>();

    /** Confined to the timer. */
    private int turn;

    /** Everyone is connected and knows everyone. */
    Crowd(ContainerMesh mesh) {
        this.mesh = mesh;
        List<TestKeys> keys = new ArrayList<>(List.of(TestKeys.values()));
        for (int relay = 0; relay < ContainerMesh.RELAYS; relay++) {
            for (int i = 0; i < USERS_PER_RELAY; i++) {
                talkers.add(new Talker(keys.removeFirst(), homesFrom(relay), ledger, timer));
            }
        }
        talkers.forEach(Talker::connect);
        await().alias("all users connected").atMost(ARRIVAL_MAX).until(this::isComplete);
        mesh.awaitWhole(talkers.size());
        awaitTalk();
    }

    private List<URI> homesFrom(int first) {
        List<URI> homes = new ArrayList<>(mesh.relays().stream().map(ContainerRelay::uri).toList());
        Collections.rotate(homes, -first);
        return homes;
    }

    /** From now on everyone writes to someone, each in turn, so often. */
    void speakEvery(Duration pause) {
        var _ =
                timer.scheduleAtFixedRate(
                        this::speak, 0, pause.toNanos() / talkers.size(), TimeUnit.NANOSECONDS);
    }

    private void speak() {
        Talker author = talkers.get(turn++ % talkers.size());
        Talker reader = author;
        while (reader == author) {
            reader = talkers.get(ThreadLocalRandom.current().nextInt(talkers.size()));
        }
        author.say(reader);
    }

    boolean isComplete() {
        return talkers.stream().allMatch(Talker::isHere);
    }

    /** Connected users of all. */
    long here() {
        return talkers.stream().filter(Talker::isHere).count();
    }

    /**
     * Seconds until a message gets through each way between every two users of different relays.
     */
    double awaitTalk() {
        long startNs = System.nanoTime();
        for (Talker author : talkers) {
            for (Talker reader : talkers) {
                if (author != reader) {
                    awaitWord(ledger, author, reader);
                }
            }
        }
        return (System.nanoTime() - startNs) / 1e9;
    }

    /** Until something that one writes has come to the other. */
    static void awaitWord(Ledger ledger, Talker author, Talker reader) {
        long deadlineNs = System.nanoTime() + HEAL_MAX.toNanos();
        List<String> said = new ArrayList<>();
        while (System.nanoTime() - deadlineNs < 0) {
            String text = author.say(reader);
            if (text != null) {
                said.add(text);
            }
            if (within(PROBE_INTERVAL, () -> said.stream().anyMatch(ledger::isShown))) {
                return;
            }
        }
        throw new AssertionError("no message came through in " + HEAL_MAX);
    }

    /** Seconds until it holds. */
    static double awaitUntil(String what, Duration patience, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        if (!within(patience, condition)) {
            throw new AssertionError(what + " did not come about in " + patience);
        }
        return (System.nanoTime() - startNs) / 1e9;
    }

    private static boolean within(Duration patience, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            pause(Duration.ofMillis(10));
        }
        return true;
    }

    /** Lets time pass: a fault has its length. */
    static void pause(Duration length) {
        try {
            var _ = NEVER.await(length.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ended);
        }
    }

    /** They fall silent; what is under way arrives, and everything is summed up. */
    Sums conclude() {
        timer.shutdown();
        within(LAST_WORD_MAX, () -> ledger.sums().lost() == 0);
        pause(Duration.ofSeconds(1)); // a second copy would come now
        return ledger.sums();
    }

    /** Of what those wrote to each other whose relays these are. */
    Sums sumsAmong(ContainerRelay... relays) {
        List<URI> homes = Stream.of(relays).map(ContainerRelay::uri).toList();
        Set<UserId> users =
                talkers.stream()
                        .filter(talker -> homes.contains(talker.firstHome()))
                        .map(Talker::user)
                        .collect(Collectors.toSet());
        return ledger.sums(way -> users.contains(way.author()) && users.contains(way.reader()));
    }

    @Override
    public void close() {
        timer.shutdownNow();
        talkers.forEach(Talker::leave);
    }
}
