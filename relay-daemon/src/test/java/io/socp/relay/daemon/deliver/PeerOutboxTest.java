package io.socp.relay.daemon.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.deliver.PeerOutbox.Line;
import io.socp.relay.daemon.deliver.PeerOutbox.Offer;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.sign.Priority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The outbox for one peer; frames are called by their text. */
class PeerOutboxTest {

    private static final int FRAMES_MAX = 4;
    private static final long BYTES_MAX = 2_000;

    private final AtomicLong totalBytes = new AtomicLong();
    private final ScriptedLine first = new ScriptedLine(1);
    private final ScriptedLine second = new ScriptedLine(2);
    private LinkId preferred = first.link();
    private PeerOutbox outbox = outbox(FRAMES_MAX, BYTES_MAX, 10 * BYTES_MAX);

    /** Keeps what it was told; takes when the test says so. */
    private static final class ScriptedLine implements Line {
        private final LinkId link;
        private boolean provesFrames;
        private final List<String> told = new ArrayList<>();
        private final Deque<Parcel> unconfirmed = new ArrayDeque<>();

        ScriptedLine(long link) {
            this.link = new LinkId(link);
        }

        @Override
        public void wake() {
            told.add("wake");
        }

        @Override
        public void takeOver() {
            told.add("take over");
        }

        @Override
        public void giveWay() {
            told.add("give way");
        }

        @Override
        public LinkId link() {
            return link;
        }

        @Override
        public boolean provesFrames() {
            return provesFrames;
        }
    }

    @Test
    void shouldKeepFramesInOrderUntilALinkIsUp() {
        offer("a", "b");

        outbox.attach(first);

        assertThat(takeAll(first)).containsExactly("a", "b");
        assertThat(first.told).containsExactly("wake");
    }

    @Test
    void shouldWakeTheLineInUse() {
        outbox.attach(first);
        outbox.attach(second);
        first.told.clear();

        offer("a");

        assertThat(first.told).containsExactly("wake");
        assertThat(second.told).isEmpty();
        assertThat(takeAll(second)).isEmpty();
    }

    @Test
    void shouldHandOutTheMostUrgentFirst() {
        offer(parcel("file", Priority.FILE));
        offer(parcel("to all", Priority.PUBLIC));
        offer(parcel("direct", Priority.DIRECT));
        offer(parcel("keys", Priority.CONTROL));
        outbox.attach(first);

        List<String> urgent = takeAll(first, Priority.DIRECT);
        List<String> rest = takeAll(first, Priority.FILE);

        assertThat(urgent).containsExactly("keys", "direct");
        assertThat(rest).containsExactly("to all", "file");
    }

    @Test
    void shouldKeepWhatIsUnsignedForALineThatProvesItsFrames() {
        outbox.attach(first);
        offer(
                new Parcel(
                        bytes("unsigned"),
                        Priority.DIRECT,
                        FrameProof.LINK,
                        Long.MAX_VALUE / 2,
                        Long.MAX_VALUE / 2,
                        0,
                        null));
        offer("signed");
        List<String> onPlainLine = takeAll(first);

        first.provesFrames = true;

        assertThat(onPlainLine).isEmpty();
        assertThat(takeAll(first)).containsExactly("unsigned", "signed");
    }

    @Test
    void shouldSendAgainWhatALostLinkHasNotConfirmedBeforeAllElse() {
        outbox.attach(first);
        offer("a", "b", "c");
        takeAll(first);
        confirm(first, 1);
        offer("d");

        lose(first);
        outbox.attach(second);
        preferred = second.link();
        outbox.choose();

        assertThat(takeAll(second)).containsExactly("b", "c", "d");
        assertThat(second.told).containsExactly("take over");
    }

    @Test
    void shouldMoveToThePreferredLinkWithAllThatIsNotConfirmed() {
        outbox.attach(first);
        offer("a", "b");
        takeAll(first);
        outbox.attach(second);
        preferred = second.link();

        outbox.choose();
        boolean handedOver = outbox.handOver(first, first.unconfirmed);
        first.unconfirmed.clear();
        lose(first);

        assertThat(first.told).contains("give way");
        assertThat(handedOver).isTrue();
        assertThat(takeAll(second)).containsExactly("a", "b");
    }

    @Test
    void shouldStayOnTheLinkWhereNoOtherIsPreferredAnyMore() {
        outbox.attach(first);
        outbox.attach(second);
        preferred = second.link();
        outbox.choose();
        preferred = first.link();
        offer("a");

        assertThat(outbox.handOver(first, first.unconfirmed)).isFalse();
        assertThat(takeAll(first)).containsExactly("a");
    }

    @Test
    void shouldUseNoLinkThatIsNotPreferred() {
        preferred = null;
        outbox.attach(first);
        offer("a");

        assertThat(takeAll(first)).isEmpty();
        assertThat(first.told).isEmpty();
    }

    @Test
    void shouldTakeFramesUpToTheBoundAndNotOneMore() {
        offer("a", "b", "c", "d");

        assertThat(outbox.offer(parcel("e", Priority.DIRECT))).isEqualTo(Offer.NO_ROOM);
        assertThat(outbox.frames()).isEqualTo(FRAMES_MAX);
    }

    @Test
    void shouldCountWrittenFramesUntilTheyAreConfirmed() {
        outbox.attach(first);
        offer("a", "b", "c", "d");
        takeAll(first);

        Offer whenWritten = outbox.offer(parcel("e", Priority.DIRECT));
        confirm(first, 1);
        Offer whenConfirmed = outbox.offer(parcel("e", Priority.DIRECT));

        assertThat(whenWritten).isEqualTo(Offer.NO_ROOM);
        assertThat(whenConfirmed).isEqualTo(Offer.TAKEN);
    }

    @Test
    void shouldTakeBytesUpToTheBoundAndNotOneMore() {
        long cost = parcel("a", Priority.DIRECT).cost();
        outbox = outbox(FRAMES_MAX, 2 * cost, 2 * cost);
        offer("a", "b");
        PeerOutbox tighter = outbox(FRAMES_MAX, 2 * cost - 1, 10 * cost);
        tighter.offer(parcel("a", Priority.DIRECT));

        assertThat(outbox.bytes()).isEqualTo(2 * cost);
        assertThat(tighter.offer(parcel("b", Priority.DIRECT))).isEqualTo(Offer.NO_ROOM);
    }

    @Test
    void shouldShareTheRoomWithTheOtherPeers() {
        long cost = parcel("a", Priority.DIRECT).cost();
        outbox = outbox(FRAMES_MAX, BYTES_MAX, 2 * cost);
        PeerOutbox other = outbox(FRAMES_MAX, BYTES_MAX, 2 * cost);
        other.offer(parcel("a", Priority.DIRECT));

        Offer atTheBound = outbox.offer(parcel("b", Priority.DIRECT));
        Offer onePast = outbox.offer(parcel("c", Priority.DIRECT));

        assertThat(atTheBound).isEqualTo(Offer.TAKEN);
        assertThat(onePast).isEqualTo(Offer.NO_ROOM);
        assertThat(totalBytes).hasValue(2 * cost);
    }

    @Test
    void shouldGiveFilesHalfOfTheRoom() {
        long cost = parcel("a", Priority.FILE).cost();
        outbox = outbox(FRAMES_MAX, 2 * cost, 10 * cost);
        Offer atHalf = outbox.offer(parcel("a", Priority.FILE));

        Offer beyond = outbox.offer(parcel("b", Priority.FILE));

        assertThat(atHalf).isEqualTo(Offer.TAKEN);
        assertThat(beyond).isEqualTo(Offer.NO_ROOM_FOR_FILE);
        assertThat(outbox.offer(parcel("c", Priority.DIRECT))).isEqualTo(Offer.TAKEN);
    }

    @Test
    void shouldGiveUpAtTheDeadlineAndNotBefore() {
        offer(new Parcel(bytes("a"), Priority.DIRECT, 100, 200, null));
        offer(new Parcel(bytes("b"), Priority.DIRECT, 50, 200, null));

        List<Parcel> before = outbox.expire(49);
        List<Parcel> at = outbox.expire(50);
        List<Parcel> later = outbox.expire(100);

        assertThat(before).isEmpty();
        assertThat(texts(at)).containsExactly("b");
        assertThat(texts(later)).containsExactly("a");
        assertThat(outbox.frames()).isZero();
        assertThat(totalBytes).hasValue(0);
    }

    @Test
    void shouldNotGiveUpWhatIsWritten() {
        outbox.attach(first);
        offer(new Parcel(bytes("a"), Priority.DIRECT, 50, 200, null));
        takeAll(first);

        List<Parcel> whileLinked = outbox.expire(1_000);
        lose(first);
        List<Parcel> whileItMayHaveArrived = outbox.expire(199);

        assertThat(whileLinked).isEmpty();
        assertThat(whileItMayHaveArrived).isEmpty();
        assertThat(texts(outbox.expire(200))).containsExactly("a");
    }

    @Test
    void shouldRetireOnlyWhenEmptyAndWithoutALink() {
        outbox.attach(first);
        boolean whileLinked = outbox.retireIfIdle();
        offer("a");
        lose(first);
        boolean whileFull = outbox.retireIfIdle();
        outbox.expire(Long.MAX_VALUE);
        boolean whileIdle = outbox.retireIfIdle();

        assertThat(whileLinked).isFalse();
        assertThat(whileFull).isFalse();
        assertThat(whileIdle).isTrue();
        assertThat(outbox.offer(parcel("b", Priority.DIRECT))).isEqualTo(Offer.RETIRED);
        assertThat(outbox.attach(second)).isFalse();
    }

    private PeerOutbox outbox(int framesMax, long bytesMax, long totalBytesMax) {
        return new PeerOutbox(
                new SpoolBounds(
                        framesMax,
                        bytesMax,
                        totalBytesMax,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(100)),
                totalBytes,
                () -> preferred);
    }

    private void offer(String... texts) {
        for (String text : texts) {
            offer(parcel(text, Priority.DIRECT));
        }
    }

    private void offer(Parcel parcel) {
        assertThat(outbox.offer(parcel)).isEqualTo(Offer.TAKEN);
    }

    private List<String> takeAll(ScriptedLine line) {
        return takeAll(line, Priority.FILE);
    }

    private List<String> takeAll(ScriptedLine line, Priority least) {
        List<Parcel> taken = new ArrayList<>();
        for (Parcel next = outbox.take(line, least);
                next != null;
                next = outbox.take(line, least)) {
            taken.add(next);
        }
        line.unconfirmed.addAll(taken);
        return texts(taken);
    }

    private void confirm(ScriptedLine line, int count) {
        for (int i = 0; i < count; i++) {
            outbox.confirm(List.of(line.unconfirmed.remove()));
        }
    }

    private void lose(ScriptedLine line) {
        outbox.detach(line, line.unconfirmed);
        line.unconfirmed.clear();
    }

    private static List<String> texts(List<Parcel> parcels) {
        return parcels.stream().map(p -> new String(p.bytes(), StandardCharsets.UTF_8)).toList();
    }

    @Test
    void shouldSayForHowLongTheOldestFrameHasBeenWaiting() {
        offer(since(100, Priority.FILE));
        offer(since(300, Priority.DIRECT));
        long both = outbox.oldestWaitNs(1_000);
        outbox.attach(first);
        List<String> written = takeAll(first, Priority.DIRECT);
        long fileAlone = outbox.oldestWaitNs(1_000);
        List<String> rest = takeAll(first, Priority.FILE);

        assertThat(both).isEqualTo(900);
        assertThat(written).hasSize(1);
        assertThat(fileAlone).isEqualTo(900);
        assertThat(rest).hasSize(1);
        assertThat(outbox.oldestWaitNs(1_000)).isZero();
    }

    private static Parcel since(long sinceNs, Priority priority) {
        return new Parcel(
                bytes("x"),
                priority,
                FrameProof.SIGNATURE,
                Long.MAX_VALUE / 2,
                Long.MAX_VALUE / 2,
                sinceNs,
                null);
    }

    private static Parcel parcel(String text, Priority priority) {
        return new Parcel(bytes(text), priority, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
