package io.socp.relay.client.load;

import io.socp.relay.message.MessageType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Messages to everyone: some senders, many readers, of whom some may stop reading. Counted are the
 * copies that reach those who read; the senders' own copies of each other's messages are not.
 */
public final class FanOut implements Workload {

    /** Whom a {@link MessageType#MSG_PUBLIC_CHANNEL} is addressed to. */
    static final String CHANNEL = "public";

    @Override
    public LoadResult run(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        try (LoadRun run = new LoadRun(options, corpus)) {
            List<MessageStream> streams =
                    connect(
                            run,
                            options.connections(),
                            options.senders(),
                            UnaryOperator.identity());
            return run.measure("fanout", new Traffic(run.loop(), streams, run.tally()));
        }
    }

    /**
     * Senders and readers on their servers; a stream for each sender.
     *
     * @param share what of its payloads a stream may use
     */
    static List<MessageStream> connect(
            LoadRun run, int readers, int senders, UnaryOperator<Slice> share)
            throws IOException, InterruptedException {
        LoadOptions options = run.options();
        CorpusSpec spec = run.corpus().spec();
        Bounds.check("--senders, with these --payloads,", senders, 1, spec.payloads() / 2);
        options.checkStreams(senders, Slice.own(spec, 0, senders).count());
        int stalled = (int) ((long) readers * options.stalledPercent() / 100);
        List<LoadUser> stalling = run.newUsers(stalled);
        List<LoadUser> reading = run.newUsers(readers - stalled);
        List<LoadUser> sending = run.newUsers(senders);
        run.connect(stalling, options.servers().getLast(), true);
        run.connect(reading, options.servers().getLast(), false);
        run.connect(sending, options.servers().getFirst(), false);
        List<MessageStream> streams = streams(run, sending, reading.size(), share);
        run.onLoop(() -> {
            @Nullable MessageStream[] owners = owners(run.corpus(), streams);
            Slice all = new Slice(0, run.corpus().size());
            reading.forEach(reader ->
                    reader.listen(new ReaderFrames(streams, all, i -> owners[i], run.tally())));
            stalling.forEach(LoadUser::stall);
        });
        return streams;
    }

    private static List<MessageStream> streams(
            LoadRun run, List<LoadUser> sending, int readers, UnaryOperator<Slice> share)
            throws InterruptedException {
        List<MessageStream> streams = new ArrayList<>();
        CorpusSpec spec = run.corpus().spec();
        for (LoadUser sender : sending) {
            // The keys of a batch of users go round as those of the slices do.
            Slice own = Slice.own(spec, streams.size(), sending.size());
            Slice slice = run.used(share.apply(own), sending.size());
            Script script = run.script(sender, CHANNEL, slice);
            streams.add(
                    run.call(() -> new MessageStream(sender, script, slice, readers, run.tally())));
        }
        return streams;
    }

    private static @Nullable MessageStream[] owners(Corpus corpus, List<MessageStream> streams) {
        @Nullable MessageStream[] owners = new MessageStream[corpus.size()];
        for (int i = 0; i < owners.length; i++) {
            for (MessageStream stream : streams) {
                if (stream.owns(i)) {
                    owners[i] = stream;
                }
            }
        }
        return owners;
    }
}
