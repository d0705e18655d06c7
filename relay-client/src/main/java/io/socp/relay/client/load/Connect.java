package io.socp.relay.client.load;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections with a signed hello, as fast as they are taken, some under way at a time (the
 * window), all held until the end. A latency is that of one: TCP, upgrade, hello, welcome.
 */
public final class Connect implements Workload {

    @Override
    public LoadResult run(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        try (LoadRun run = new LoadRun(options, corpus)) {
            warmUp(run);
            Tally tally = run.tally();
            List<LoadUser> users = run.newUsers(options.connections());
            run.onLoop(() -> tally.measure(true));
            Usage.Start start = Usage.Start.now(options.pids());
            run.connector(options.servers().getFirst(), options.window(), false)
                    .connect(users, (user, failure) -> count(tally, user, failure))
                    .join();
            Usage usage = start.untilNow();
            Counts counts = run.call(tally::counts);
            if (counts.measured() == 0) {
                throw new IOException("nobody was let in; last: " + counts.complaint());
            }
            return run.result("connect", counts, usage);
        }
    }

    /** As many connections as are made in that time, closed again; errors count later. */
    private static void warmUp(LoadRun run) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + run.options().warmUp().toNanos();
        int batch = Math.min(run.options().connections(), 2 * run.options().window());
        while (endNs - System.nanoTime() > 0) {
            List<LoadUser> users = run.newUsers(batch);
            run.connect(users, run.options().servers().getFirst(), false);
            run.onLoop(() -> users.forEach(LoadUser::leave));
        }
    }

    static void count(Tally tally, LoadUser user, @Nullable Throwable failure) {
        tally.onSent();
        if (failure == null) {
            tally.onReceived(System.nanoTime() - user.begunNs());
        } else {
            tally.onLost(1);
            String code =
                    failure instanceof LoadUser.HelloRefused refused ? refused.code() : "TIMEOUT";
            tally.onError(code, String.valueOf(failure.getMessage()));
        }
    }
}
