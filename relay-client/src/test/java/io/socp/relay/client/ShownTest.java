package io.socp.relay.client;

import static io.socp.relay.client.testing.Actors.ALICE;
import static io.socp.relay.client.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.message.SealedText;
import org.junit.jupiter.api.Test;

class ShownTest {

    private static final SealedText TEXT = new SealedText("text", "key", "signature");

    private final Shown shown = new Shown();

    @Test
    void shouldKnowAMessageAgain() {
        assertThat(shown.isFirst(BOB, "to", 1, TEXT)).isTrue();
        assertThat(shown.isFirst(BOB, "to", 1, TEXT)).isFalse();
    }

    @Test
    void shouldTellMessagesApartByAllTheirAuthorSaid() {
        shown.isFirst(BOB, "to", 1, TEXT);

        assertThat(shown.isFirst(ALICE, "to", 1, TEXT)).isTrue();
        assertThat(shown.isFirst(BOB, "other", 1, TEXT)).isTrue();
        assertThat(shown.isFirst(BOB, "to", 2, TEXT)).isTrue();
        assertThat(shown.isFirst(BOB, "to", 1, new SealedText("text", "key", "forged"))).isTrue();
    }

    @Test
    void shouldForgetTheOldestOnePastTheBound() {
        for (int ts = 0; ts < Shown.MESSAGES_MAX; ts++) {
            shown.isFirst(BOB, "to", ts, TEXT);
        }
        boolean isKnownAtTheBound = !shown.isFirst(BOB, "to", 0, TEXT);

        shown.isFirst(BOB, "to", Shown.MESSAGES_MAX, TEXT);

        assertThat(isKnownAtTheBound).isTrue();
        assertThat(shown.isFirst(BOB, "to", 0, TEXT)).isTrue();
    }
}
