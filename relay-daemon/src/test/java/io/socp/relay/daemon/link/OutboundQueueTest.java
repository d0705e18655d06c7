package io.socp.relay.daemon.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.socp.relay.sign.Priority;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboundQueueTest {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final OutboundQueue queue = new OutboundQueue(ticker);

    @Test
    void shouldHandOutTheMostUrgentFirstAndEachKindInItsOrder() {
        queue.add(Priority.FILE, frame("file 1"));
        queue.add(Priority.PUBLIC, frame("public 1"));
        queue.addReplay(frame("replay 1"));
        queue.addBehindReplay(frame("news 1"));
        queue.add(Priority.DIRECT, frame("direct 1"));
        queue.add(Priority.CONTROL, frame("control 1"));
        queue.add(Priority.FILE, frame("file 2"));
        queue.add(Priority.DIRECT, frame("direct 2"));

        List<String> order = pollAll();

        assertThat(order)
                .containsExactly(
                        "control 1",
                        "direct 1",
                        "direct 2",
                        "replay 1",
                        "news 1",
                        "public 1",
                        "file 1",
                        "file 2");
    }

    @Test
    void shouldCountAllButTheReplayAgainstTheBound() {
        queue.addReplay(frame("replay"));
        long withReplay = queue.boundedBytes();
        queue.add(Priority.PUBLIC, frame("public"));
        long withText = queue.boundedBytes();
        pollAll();

        assertThat(withReplay).isZero();
        assertThat(withText).isGreaterThan("public".length());
        assertThat(queue.boundedBytes()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldDropTheOldestPublicMessagesAndNothingElse() {
        queue.add(Priority.DIRECT, frame("direct"));
        queue.add(Priority.PUBLIC, frame("public 1"));
        queue.add(Priority.PUBLIC, frame("public 2"));
        queue.add(Priority.PUBLIC, frame("public 3"));
        long whole = queue.boundedBytes();

        int none = queue.dropOldestPublic(0);
        int one = queue.dropOldestPublic(1);
        long saved = whole - queue.boundedBytes();
        int rest = queue.dropOldestPublic(whole);

        assertThat(none).isZero();
        assertThat(one).isOne();
        assertThat(saved).isGreaterThan("public 1".length());
        assertThat(rest).isEqualTo(2);
        assertThat(pollAll()).containsExactly("direct");
    }

    @Test
    void shouldCountFilesApart() {
        queue.add(Priority.DIRECT, frame("direct"));
        queue.add(Priority.FILE, frame("file"));

        long files = queue.fileBytes();

        assertThat(files).isPositive().isLessThan(queue.boundedBytes());
        queue.release();
        assertThat(queue.fileBytes()).isZero();
    }

    @Test
    void shouldLetGoOfEveryFrameWhenReleased() {
        ByteBuf text = frame("text");
        ByteBuf replay = frame("replay");
        queue.add(Priority.PUBLIC, text);
        queue.addReplay(replay);

        queue.release();

        assertThat(text.refCnt()).isZero();
        assertThat(replay.refCnt()).isZero();
        assertThat(queue.isReplaying()).isFalse();
    }

    @Test
    void shouldSayForHowLongSomethingHasBeenWaitingWithoutABreak() {
        assertThat(queue.busyNs()).isZero();
        ticker.advanceMillis(1);
        queue.add(Priority.DIRECT, frame("a"));
        ticker.advanceMillis(5);
        queue.add(Priority.DIRECT, frame("b"));
        var _ = queue.poll().release();
        long whileOneWaits = queue.busyNs();
        var _ = queue.poll().release();

        assertThat(whileOneWaits).isEqualTo(5_000_000);
        assertThat(queue.busyNs()).isZero();
    }

    private List<String> pollAll() {
        List<String> texts = new ArrayList<>();
        for (ByteBuf frame = queue.poll(); frame != null; frame = queue.poll()) {
            texts.add(frame.toString(StandardCharsets.US_ASCII));
            frame.release();
        }
        return texts;
    }

    private static ByteBuf frame(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
