package io.socp.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.session.SessionEnd;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReturningTest {

    private static final URI HERE = URI.create("ws://127.0.0.1:1/");
    private static final URI THERE = URI.create("ws://127.0.0.1:2/");
    private static final SessionEnd LOST = new SessionEnd.Lost("gone");

    private final Returning returning = to(ReturnOptions.to(List.of(THERE)));

    @Test
    void shouldNotComeBackUnlessAsked() {
        assertThat(to(ReturnOptions.NEVER).after(LOST)).isEmpty();
    }

    @Test
    void shouldGoElsewhereWhenTheServerSaid() {
        returning.onGoodbye(1_234);

        Optional<Returning.Next> next = returning.after(LOST);

        assertThat(next).contains(new Returning.Next(THERE, Duration.ofMillis(1_234)));
        assertThat(returning.server()).isEqualTo(THERE);
    }

    @Test
    void shouldNotWaitAsLongAsAServerLikes() {
        returning.onGoodbye(Long.MAX_VALUE);

        assertThat(returning.after(LOST).orElseThrow().pause()).isEqualTo(Returning.PAUSE_MAX);
    }

    @Test
    void shouldTakeTheServersWordOnceOnly() {
        returning.onGoodbye(7_999);
        returning.after(LOST);

        Duration second = returning.after(LOST).orElseThrow().pause();

        assertThat(second).isLessThanOrEqualTo(Returning.FIRST_PAUSE);
    }

    @Test
    void shouldTryOneServerAfterTheOtherAndWaitLongerEachRound() {
        for (int attempt = 0; attempt < 40; attempt++) {
            Returning.Next next = returning.after(LOST).orElseThrow();
            Duration most = Returning.FIRST_PAUSE.multipliedBy(1L << Math.min(attempt / 2, 3));
            assertThat(next.server()).isEqualTo(attempt % 2 == 0 ? THERE : HERE);
            assertThat(next.pause()).isPositive().isLessThanOrEqualTo(most);
        }
        assertThat(Returning.FIRST_PAUSE.multipliedBy(8)).isEqualTo(Returning.PAUSE_MAX);
    }

    @Test
    void shouldBeginAnewOnceItWasReady() {
        for (int attempt = 0; attempt < 40; attempt++) {
            returning.after(LOST);
        }

        returning.onReady();

        assertThat(returning.after(LOST).orElseThrow().pause())
                .isLessThanOrEqualTo(Returning.FIRST_PAUSE);
    }

    @Test
    void shouldStayAwayFromWhoeverThrewItOut() {
        assertThat(returning.after(new SessionEnd.Lost("kicked", 1008))).isEmpty();
        assertThat(returning.after(new SessionEnd.HelloRefused("BAD_KEY", ""))).isEmpty();
        assertThat(returning.after(new SessionEnd.ClosedHere("bye"))).isEmpty();
    }

    @Test
    void shouldTryAgainWhereItsOldConnectionIsStillKnown() {
        assertThat(returning.after(new SessionEnd.HelloRefused("NAME_IN_USE", ""))).isPresent();
        assertThat(returning.after(new SessionEnd.NotConnected("refused"))).isPresent();
        assertThat(returning.after(new SessionEnd.Lost("restart", 1012))).isPresent();
    }

    private static Returning to(ReturnOptions options) {
        return new Returning(HERE, options, new SplittableRandom(1));
    }
}
