package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeSlotsTest {

    private final HandshakeSlots slots = new HandshakeSlots(1);
    private final List<String> begun = new ArrayList<>();

    @Test
    void shouldGiveTheSlotToWhoWaitsLongest() {
        slots.take(turn("first"));
        slots.take(turn("second"));
        slots.take(turn("third"));

        slots.release();

        assertThat(begun).containsExactly("first", "second");
    }

    @Test
    void shouldKeepNothingOfWhoLeftBeforeItsTurn() {
        slots.take(turn("first"));
        Runnable gone = turn("gone");
        slots.take(gone);
        slots.take(turn("second"));

        slots.leave(gone);
        slots.release();

        assertThat(begun).containsExactly("first", "second");
        assertThat(slots.waiting()).isZero();
    }

    @Test
    void shouldNotMindThatSomeoneLeavesWhoseTurnHasBeen() {
        Runnable first = turn("first");
        slots.take(first);

        slots.leave(first);
        slots.release();
        slots.take(turn("second"));

        assertThat(begun).containsExactly("first", "second");
    }

    private Runnable turn(String who) {
        return new Runnable() {
            @Override
            public void run() {
                begun.add(who);
            }
        };
    }
}
