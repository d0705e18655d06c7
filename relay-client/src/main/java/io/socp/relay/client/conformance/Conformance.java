package io.socp.relay.client.conformance;

import io.socp.relay.client.conformance.Clause.Pace;
import io.socp.relay.crypto.IdentityKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A run of the kit against one server. Lives on the calling thread; slow clauses have threads of
 * their own.
 */
public final class Conformance {

    private final Settings settings;
    private final Cast cast;
    private final Map<Clause, Result> results = new ConcurrentHashMap<>();

    private Conformance(Settings settings, Cast cast) {
        this.settings = settings;
        this.cast = cast;
    }

    /** Whether there is anyone: the exception's message says why not. */
    public static void reach(Settings settings) throws IOException, InterruptedException {
        WireLink probe =
                WireLink.dial(settings.url(), new Inbox(_ -> {}), settings.times().answer(), true);
        probe.close(WireLink.NORMAL);
    }

    /**
     * Tries the server for every chosen clause.
     *
     * @param keys one for each role, all different
     */
    public static Report run(Settings settings, Function<Role, IdentityKey> keys)
            throws InterruptedException {
        long startNs = System.nanoTime();
        try (Cast cast = new Cast(settings, keys)) {
            List<Result> results = new Conformance(settings, cast).run();
            return new Report(settings.url(), results, msSince(startNs));
        }
    }

    private List<Result> run() throws InterruptedException {
        List<Clause> chosen = Standard.clauses(settings.chosen());
        List<Thread> slow = new ArrayList<>();
        for (Clause clause : of(Pace.SLOW, chosen)) {
            slow.add(Thread.ofVirtual().name(clause.id()).start(() -> tryQuietly(clause)));
        }
        for (Pace pace : List.of(Pace.PROMPT, Pace.LAST)) {
            for (Clause clause : of(pace, chosen)) {
                attempt(clause);
            }
        }
        for (Thread thread : slow) {
            thread.join();
        }
        return chosen.stream().map(results::get).toList();
    }

    private static List<Clause> of(Pace pace, List<Clause> clauses) {
        return clauses.stream().filter(clause -> clause.pace() == pace).toList();
    }

    private void tryQuietly(Clause clause) {
        try {
            attempt(clause);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt(Clause clause) throws InterruptedException {
        long startNs = System.nanoTime();
        Verdict verdict;
        try (Bench bench = new Bench(cast)) {
            try {
                clause.trial().run(bench);
                verdict = new Verdict.Pass(bench.story());
            } catch (Unmet unmet) {
                verdict = unmet.verdict();
            }
        }
        results.put(clause, new Result(clause, verdict, msSince(startNs)));
    }

    private static long msSince(long startNs) {
        return (System.nanoTime() - startNs) / 1_000_000;
    }
}
