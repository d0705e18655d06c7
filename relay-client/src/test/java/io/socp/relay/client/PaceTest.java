package io.socp.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Pieces to strangers come no faster than a slow reader's private key. */
class PaceTest {

    private static final long PIECE_NS = 3_000_000;

    @Test
    void shouldLetTheFirstPiecesGoAtOnce() {
        assertThat(Pace.TO_STRANGERS.delayNs(0, 0)).isZero();
        assertThat(Pace.TO_STRANGERS.delayNs(Pace.BURST, 0)).isZero();
        assertThat(Pace.TO_STRANGERS.delayNs(Pace.BURST + 1, 0)).isPositive();
    }

    @Test
    void shouldLetALaterPieceGoInItsTime() {
        long dueNs = (1_000 - Pace.BURST) * PIECE_NS;

        assertThat(Pace.TO_STRANGERS.delayNs(1_000, dueNs)).isZero();
        assertThat(Pace.TO_STRANGERS.delayNs(1_000, dueNs - 1)).isPositive();
    }

    @Test
    void shouldLeaveThePaceToAReaderWhoAcknowledges() {
        assertThat(Pace.BY_RECEIPTS.delayNs(1_000_000, 0)).isZero();
    }
}
