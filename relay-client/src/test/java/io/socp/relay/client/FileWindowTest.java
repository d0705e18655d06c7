package io.socp.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A file takes what is free, and gives way when its pieces begin to wait. Time is told. */
class FileWindowTest {

    private static final int PIECE = (int) FileWindow.BYTES_MIN;
    private static final long MS = 1_000_000;
    private static final long BASE_NS = 20 * MS;
    private static final long MINUTE_NS = 60_000 * MS;

    private long nowNs = Long.MAX_VALUE - MINUTE_NS; // Such clocks may run over.
    private final FileWindow window = new FileWindow(nowNs);
    private long madeBytes;
    private int piecesSent;

    @Test
    void shouldSpaceTheFirstPiecesAsIfTheWindowWereMet() {
        assertThat(window.delayNs(nowNs)).isZero();

        make();

        assertThat(window.delayNs(nowNs)).isEqualTo(FileWindow.DELAY_START_NS / 4);
        nowNs += FileWindow.DELAY_START_NS / 4;
        assertThat(window.delayNs(nowNs)).isZero();
    }

    @Test
    void shouldNotMakeUpForALongPauseByABurst() {
        make();
        nowNs += MINUTE_NS;

        make();

        assertThat(window.delayNs(nowNs)).isEqualTo(FileWindow.DELAY_START_NS / 4);
    }

    @Test
    void shouldMakeUpForATimerThatIsALittleLate() {
        make();
        nowNs += FileWindow.DELAY_START_NS / 4 + MS;

        make();

        assertThat(window.delayNs(nowNs)).isEqualTo(FileWindow.DELAY_START_NS / 4 - MS);
    }

    @Test
    void shouldWaitForAReceiptBeyondTheWindowAndWhatIsNotYetAcknowledged() {
        make(7);
        boolean isFullOnePieceBefore = window.isFull();
        make(1);
        boolean isFullAtTheBound = window.isFull();

        window.onReceipt(1, nowNs + BASE_NS);

        assertThat(FileWindow.BYTES_START + FileWindow.RECEIPT_BYTES).isEqualTo(8 * PIECE);
        assertThat(isFullOnePieceBefore).isFalse();
        assertThat(isFullAtTheBound).isTrue();
        assertThat(window.isFull()).isFalse();
    }

    @Test
    void shouldNeverBeFurtherAheadThanItsBound() {
        for (int i = 0; i < 100; i++) {
            acknowledged(BASE_NS);
        }
        make(15);
        boolean isFullOnePieceBefore = window.isFull();

        make(1);

        assertThat(FileWindow.AHEAD_BYTES_MAX).isEqualTo(16 * PIECE);
        assertThat(isFullOnePieceBefore).isFalse();
        assertThat(window.isFull()).isTrue();
    }

    @Test
    void shouldAlwaysLetThroughWhatAReaderAcknowledgesAndOnePieceMore() {
        acknowledged(BASE_NS);
        for (int i = 0; i < 20; i++) {
            acknowledged(BASE_NS + 1_000 * MS);
        }

        make(4);

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_MIN);
        assertThat(FileWindow.RECEIPT_BYTES).isEqualTo(4 * PIECE);
        assertThat(window.isFull()).isFalse();
    }

    @Test
    void shouldKeepItsWindowWithoutReceipts() {
        make();
        nowNs += MINUTE_NS;

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_START);
    }

    @Test
    void shouldGrowByAPieceEachRoundTripAtMost() {
        acknowledged(BASE_NS);
        long before = window.bytes();

        acknowledged(BASE_NS);

        assertThat(window.bytes() - before).isPositive().isLessThanOrEqualTo(PIECE);
    }

    @Test
    void shouldGrowUpToTheLargestWindowAndNoFurther() {
        for (int i = 0; i < 100; i++) {
            acknowledged(BASE_NS);
        }

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_MAX);
    }

    @Test
    void shouldNotGrowWhereItIsNotTheWindowThatLimits() {
        for (int i = 0; i < 100; i++) {
            make();
            nowNs += BASE_NS;
            window.onReceipt(madeBytes, nowNs);
        }

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_START);
    }

    @Test
    void shouldStayWhereItIsAtTheTarget() {
        acknowledged(BASE_NS);
        for (int i = 0; i < 4; i++) {
            acknowledged(BASE_NS + FileWindow.TARGET_NS);
        }
        long before = window.bytes();

        acknowledged(BASE_NS + FileWindow.TARGET_NS);

        assertThat(window.bytes()).isEqualTo(before);
    }

    @Test
    void shouldShrinkBeyondTheTarget() {
        acknowledged(BASE_NS);
        for (int i = 0; i < 4; i++) {
            acknowledged(BASE_NS + FileWindow.TARGET_NS);
        }
        long before = window.bytes();

        acknowledged(BASE_NS + FileWindow.TARGET_NS + 5 * MS);
        acknowledged(BASE_NS + FileWindow.TARGET_NS + 5 * MS);

        assertThat(window.bytes()).isEqualTo(before * 23 / 28); // 23 ms of 28
    }

    @Test
    void shouldShrinkToOnePieceAndNoFurtherHoweverLongTheQueue() {
        acknowledged(BASE_NS);

        for (int i = 0; i < 100; i++) {
            acknowledged(BASE_NS + 1_000 * MS);
        }

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_MIN);
        assertThat(window.delayNs(nowNs)).isLessThanOrEqualTo(FileWindow.GAP_NS_MAX);
    }

    @Test
    void shouldHalveOnceARoundTripHoweverManyReceiptsCome() {
        acknowledged(BASE_NS);
        acknowledged(BASE_NS + 1_000 * MS);
        long before = window.bytes();
        make(16);
        nowNs += BASE_NS + 1_000 * MS;

        for (int i = 15; i >= 0; i--) {
            window.onReceipt(madeBytes - (long) i * PIECE, nowNs);
        }

        assertThat(window.bytes()).isEqualTo(before / 2);
    }

    @Test
    void shouldNotMindOnePauseAmongTheDelays() {
        for (int i = 0; i < 100; i++) {
            acknowledged(BASE_NS);
        }

        acknowledged(BASE_NS + 500 * MS);

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_MAX);
    }

    @Test
    void shouldTakeALeastDelayThatRisesForGoodForTheNewOneAfterMinutes() {
        acknowledged(BASE_NS);
        long slowNs = BASE_NS * 10;
        for (int i = 0; i < 10; i++) {
            acknowledged(slowNs);
        }
        long whileTheOldOneIsKnown = window.bytes();

        for (int i = 0; i <= FileWindow.BASE_PERIODS; i++) {
            nowNs += MINUTE_NS;
            acknowledged(slowNs);
        }
        for (int i = 0; i < 100; i++) {
            acknowledged(slowNs);
        }

        assertThat(whileTheOldOneIsKnown).isEqualTo(FileWindow.BYTES_MIN);
        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_MAX);
    }

    @Test
    void shouldKnowALeastDelayOfSomeMinutesAgo() {
        acknowledged(BASE_NS);
        nowNs += FileWindow.BASE_PERIODS * MINUTE_NS;

        for (int i = 0; i < 10; i++) {
            acknowledged(BASE_NS * 10);
        }

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_MIN);
    }

    @Test
    void shouldNotMindAClockThatGoesBack() {
        acknowledged(BASE_NS);
        make();
        nowNs -= MINUTE_NS;

        window.onReceipt(madeBytes, nowNs);
        long waitNs = window.delayNs(nowNs);
        make();

        assertThat(waitNs).isLessThanOrEqualTo(FileWindow.GAP_NS_MAX);
        assertThat(window.delayNs(nowNs)).isLessThanOrEqualTo(BASE_NS);
        assertThat(window.bytes()).isGreaterThanOrEqualTo(FileWindow.BYTES_START);
    }

    @Test
    void shouldNotMindAClockThatLeaps() {
        acknowledged(BASE_NS);

        acknowledged(600 * MINUTE_NS);
        for (int i = 0; i < 100; i++) {
            acknowledged(BASE_NS);
        }

        assertThat(window.bytes()).isEqualTo(FileWindow.BYTES_MAX);
    }

    @Test
    void shouldTakeNoReceiptForMoreThanWasSentNorTwice() {
        for (int i = 0; i < 100; i++) {
            acknowledged(BASE_NS);
        }
        make(2);
        nowNs += BASE_NS;

        window.onReceipt(Long.MAX_VALUE, nowNs);
        window.onReceipt(Long.MAX_VALUE, nowNs);
        window.onReceipt(PIECE, nowNs);
        make(15);

        assertThat(window.isFull()).isFalse();
        make(1);
        assertThat(window.isFull()).isTrue();
    }

    @Test
    void shouldFillAFreePathAndKeepItsQueueShort() {
        Path path = new Path(BASE_NS, 8 * MS);

        path.run(30_000 * MS);
        int before = piecesSent;
        path.longestQueueNs = 0;
        path.run(10_000 * MS);

        assertThat(piecesSent - before).isGreaterThan(1_000); // of 1,250 it can carry
        assertThat(path.longestQueueNs).isLessThan(5 * 8 * MS); // five pieces
    }

    @Test
    void shouldGiveWayToOthersAndComeBack() {
        Path path = new Path(BASE_NS, 8 * MS);
        path.run(10_000 * MS);

        path.othersNs = 60 * MS;
        path.run(5_000 * MS);
        int before = piecesSent;
        path.run(5_000 * MS);
        int beside = piecesSent - before;
        path.othersNs = 0;
        path.run(5_000 * MS);
        before = piecesSent;
        path.run(5_000 * MS);

        assertThat(beside).isBetween(5, 75); // a piece each delay, not a fill of 625
        assertThat(piecesSent - before).isGreaterThan(500);
    }

    /** Sends all a round trip may hold, and has it acknowledged after this delay. */
    private void acknowledged(long delayNs) {
        make(16);
        nowNs += delayNs;
        window.onReceipt(madeBytes, nowNs);
    }

    private void make(int pieces) {
        for (int i = 0; i < pieces; i++) {
            make();
        }
    }

    private void make() {
        window.onMade(PIECE, nowNs);
        madeBytes += PIECE;
        piecesSent++;
    }

    /** A way on which one piece after the other takes its time, and a receipt comes each fourth. */
    private final class Path {

        private final long wayNs;
        private final long pieceNs;
        private final Queue<Long> arrivals = new ArrayDeque<>();
        private long freeAtNs = nowNs;
        private long arrived;
        private long othersNs;
        private long longestQueueNs;

        Path(long wayNs, long pieceNs) {
            this.wayNs = wayNs;
            this.pieceNs = pieceNs;
        }

        void run(long forNs) {
            long endNs = nowNs + forNs;
            for (; nowNs - endNs < 0; nowNs += MS / 2) {
                receive();
                if (!window.isFull() && window.delayNs(nowNs) == 0) {
                    make();
                    long beginNs = freeAtNs - nowNs > 0 ? freeAtNs : nowNs;
                    longestQueueNs = Math.max(longestQueueNs, beginNs - nowNs);
                    freeAtNs = beginNs + pieceNs;
                    arrivals.add(freeAtNs + wayNs + othersNs);
                }
            }
        }

        private void receive() {
            while (!arrivals.isEmpty() && arrivals.element() - nowNs <= 0) {
                arrivals.remove();
                arrived += PIECE;
                if (arrived % FileWindow.RECEIPT_BYTES == 0) {
                    window.onReceipt(arrived, nowNs);
                }
            }
        }
    }
}
