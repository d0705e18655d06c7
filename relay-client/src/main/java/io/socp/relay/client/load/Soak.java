package io.socp.relay.client.load;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Everything at once for a long time: direct messages at a rate, a message to all now and then, and
 * users who come and go. What counts is that nothing is lost, doubled or refused, and that memory
 * stays where it was.
 */
public final class Soak implements Workload {

    /** One message to all for so many direct ones. */
    private static final int DIRECT_PER_PUBLIC = 20;

    private static final long CHURN_MS = 1_000;
    private static final int PUBLIC_SENDERS = 1;

    @Override
    public LoadResult run(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        if (!options.isOpenLoop()) {
            throw new IllegalArgumentException("soak wants a --rate");
        }
        try (LoadRun run = new LoadRun(options, corpus)) {
            // Readers of direct messages hear those to all as well, and must not mistake them.
            List<MessageStream> direct =
                    Direct.connect(run, options.connections(), Slice::firstHalf);
            List<MessageStream> toAll =
                    FanOut.connect(run, options.connections(), PUBLIC_SENDERS, Slice::secondHalf);
            List<MessageStream> mixed = new ArrayList<>();
            for (int i = 0; i < direct.size() || i % DIRECT_PER_PUBLIC > 0; i++) {
                mixed.add(direct.get(i % direct.size()));
                if ((i + 1) % DIRECT_PER_PUBLIC == 0) {
                    mixed.addAll(toAll);
                }
            }
            Churn churn = new Churn(run);
            run.onLoop(churn::next);
            LoadResult result = run.measure("soak", new Traffic(run.loop(), mixed, run.tally()));
            run.onLoop(churn::stop);
            return result;
        }
    }

    /** One user after the other, each for a second; confined to the run's loop. */
    private static final class Churn {

        private final LoadRun run;
        private final EventLoop loop;
        private boolean isStopped;

        Churn(LoadRun run) {
            this.run = run;
            this.loop = run.loop();
        }

        void stop() {
            isStopped = true;
        }

        void next() {
            if (isStopped) {
                return;
            }
            List<LoadUser> one = run.newUsers(1);
            Connector connector = run.connector(run.options().servers().getFirst(), 1, false);
            var _ =
                    connector.connect(
                            one,
                            (user, failure) -> {
                                if (failure != null) {
                                    run.tally().onError("CHURN", String.valueOf(failure));
                                }
                                loop.schedule(() -> leave(user), CHURN_MS, TimeUnit.MILLISECONDS)
                                        .addListener(_ -> {});
                            });
        }

        private void leave(LoadUser user) {
            user.leave();
            next();
        }
    }
}
