package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a reader hears: counted, once for each message, and told to the stream that sent it.
 * Event-loop confined.
 */
@EventLoopConfined
final class ReaderFrames implements LoadUser.Frames {

    private final IntFunction<@Nullable MessageStream> streamOf;
    private final List<MessageStream> streams;
    private final Slice payloads;
    private final byte[] rounds;
    private final Marker marker = new Marker();
    private final Tally tally;

    /**
     * A reader of some streams.
     *
     * @param payloads the numbers all of them use together
     * @param streamOf by payload number; null is nobody's, or the reader's own
     */
    ReaderFrames(
            List<MessageStream> streams,
            Slice payloads,
            IntFunction<@Nullable MessageStream> streamOf,
            Tally tally) {
        this.streams = List.copyOf(streams);
        this.payloads = payloads;
        this.streamOf = streamOf;
        this.rounds = new byte[payloads.count()];
        this.tally = tally;
    }

    /** A reader of one stream. */
    static ReaderFrames of(MessageStream stream, Slice payloads, Tally tally) {
        return new ReaderFrames(
                List.of(stream), payloads, i -> stream.owns(i) ? stream : null, tally);
    }

    @Override
    public void onFrame(ByteBuf bytes, int index, int length) {
        int payload = marker.find(bytes, index, length);
        int number = payload - payloads.first();
        if (payload < 0 || number < 0 || number >= rounds.length) {
            if (Notice.isError(bytes, index, length)) {
                tally.onError(
                        Notice.code(bytes, index, length), bytes.toString(index, length, UTF_8));
            }
            return;
        }
        MessageStream stream = streamOf.apply(payload);
        if (stream == null) {
            return;
        }
        if (Notice.isUnsigned(bytes, index, length)) {
            tally.onUnsigned();
        }
        byte round = stream.round(payload);
        if (rounds[number] == round) {
            tally.onDuplicate();
        } else {
            rounds[number] = round;
            stream.onArrival(payload, System.nanoTime());
        }
    }

    @Override
    public void onLost(String why) {
        tally.onError("CLOSED", why);
        streams.forEach(MessageStream::onReaderLost);
    }
}
