package io.socp.relay.client.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Direct messages: pairs of a sender on the first server and a reader on the last, which is the
 * same for {@code direct} and another for {@code mesh}.
 */
public final class Direct implements Workload {

    /** In which news of the readers reaches the senders' relay. */
    private static final Duration PRESENCE = Duration.ofMillis(1_500);

    private final String name;

    private Direct(String name) {
        this.name = name;
    }

    public static Direct onOneRelay() {
        return new Direct("direct");
    }

    public static Direct acrossRelays() {
        return new Direct("mesh");
    }

    @Override
    public LoadResult run(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        try (LoadRun run = new LoadRun(options, corpus)) {
            List<MessageStream> streams =
                    connect(run, options.connections(), UnaryOperator.identity());
            return run.measure(name, new Traffic(run.loop(), streams, run.tally()));
        }
    }

    /**
     * Pairs on their servers, in the order of their numbers.
     *
     * @param share what of its payloads a stream may use
     */
    static List<MessageStream> connect(LoadRun run, int pairs, UnaryOperator<Slice> share)
            throws IOException, InterruptedException {
        LoadOptions options = run.options();
        CorpusSpec spec = run.corpus().spec();
        options.checkStreams(pairs, spec.payloadsOfAKey());
        List<LoadUser> readers = run.newUsers(pairs);
        List<LoadUser> senders = run.newUsers(pairs);
        run.connect(readers, options.servers().getLast(), false);
        run.connect(senders, options.servers().getFirst(), false);
        List<MessageStream> streams = new ArrayList<>();
        if (options.servers().size() > 1) {
            LoadRun.sleep(PRESENCE);
        }
        for (int i = 0; i < pairs; i++) {
            LoadUser sender = senders.get(i);
            LoadUser reader = readers.get(i);
            Slice shared = Slice.shared(spec, sender.key(), pairs, options.window());
            Slice slice = run.used(share.apply(shared), pairs);
            Script script = run.script(sender, reader.id().value(), slice);
            run.onLoop(() -> {
                MessageStream stream = new MessageStream(sender, script, slice, 1, run.tally());
                reader.listen(ReaderFrames.of(stream, slice, run.tally()));
                streams.add(stream);
            });
        }
        return streams;
    }
}
