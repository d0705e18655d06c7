package io.socp.relay.client.load;

import java.io.IOException;
import java.util.List;

/**
 * Links that do nothing: what each costs the server in memory, from before the first connects to
 * when all are there, and in CPU over the measured time. What a JVM's first users cost it once is
 * in it, and what a server that was busy before has to spare is not: it wants a fresh process. The
 * server's garbage is collected before each look, where it is a JVM and that is wanted.
 */
public final class Idle implements Workload {

    private final boolean isCollecting;

    public Idle(boolean isCollecting) {
        this.isCollecting = isCollecting;
    }

    @Override
    public LoadResult run(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        try (LoadRun run = new LoadRun(options, corpus)) {
            collect(options.pids());
            long rssBefore = ProcessUsage.of(options.pids()).rssBytes();
            List<LoadUser> users = run.newUsers(options.connections());
            Tally tally = run.tally();
            run.onLoop(() -> tally.measure(true));
            run.connector(options.servers().getFirst(), Connector.AT_ONCE, false)
                    .connect(users, (user, failure) -> Connect.count(tally, user, failure))
                    .join();
            run.onLoop(() -> users.forEach(user -> user.listen(new IdleFrames(tally))));
            LoadRun.sleep(options.warmUp());
            collect(options.pids());
            long rssAfter = ProcessUsage.of(options.pids()).rssBytes();
            Usage.Start start = Usage.Start.now(options.pids());
            LoadRun.sleep(options.duration());
            Usage quiet = start.untilNow();
            Counts counts = run.call(tally::counts);
            if (counts.received() == 0) {
                throw new IOException("nobody was let in; last: " + counts.complaint());
            }
            Usage usage =
                    new Usage(
                            quiet.seconds(),
                            quiet.relayCpuSeconds(),
                            quiet.generatorCpuSeconds(),
                            rssBefore,
                            rssAfter);
            return run.result("idle", counts, usage);
        }
    }

    private void collect(List<Long> pids) throws InterruptedException {
        if (isCollecting) {
            for (long pid : pids) {
                Garbage.collectIn(pid);
            }
        }
    }
}
