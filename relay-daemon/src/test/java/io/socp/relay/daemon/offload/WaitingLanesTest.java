package io.socp.relay.daemon.offload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Talk goes before files, and files are not forgotten over it. */
class WaitingLanesTest {

    private final WaitingLanes waiting = new WaitingLanes();
    private final List<String> done = new ArrayList<>();

    @Test
    void shouldTakeTalkBeforeAFileThatCameFirst() {
        submit(lane(), Urgency.FILE, "file");
        submit(lane(), Urgency.TALK, "talk");

        work();

        assertThat(done).containsExactly("talk", "file");
    }

    @Test
    void shouldTakeLanesOfOneKindInTurn() {
        Lane busy = lane();
        submit(busy, Urgency.FILE, "a1");
        submit(busy, Urgency.FILE, "a2");
        submit(lane(), Urgency.FILE, "b");

        work();

        assertThat(done).containsExactly("a1", "b", "a2");
    }

    @Test
    void shouldTakeALaneOfFilesEarlierWhenThereIsTalkBehindThem() {
        Lane mixed = lane();
        submit(lane(), Urgency.FILE, "file of another");
        submit(mixed, Urgency.FILE, "file");
        submit(mixed, Urgency.TALK, "talk behind it");

        work();

        assertThat(done).containsExactly("file", "talk behind it", "file of another");
    }

    @Test
    void shouldTakeALaneForOneOfFilesWhenItsTalkIsOver() {
        Lane mixed = lane();
        submit(mixed, Urgency.TALK, "talk before it");
        submit(mixed, Urgency.FILE, "file");
        submit(lane(), Urgency.TALK, "talk of another");

        work();

        assertThat(done).containsExactly("talk before it", "talk of another", "file");
    }

    @Test
    void shouldGiveFilesOneTurnOfEightHoweverMuchIsSaid() {
        Lane talking = lane();
        Lane sending = lane();
        for (int i = 0; i < 20; i++) {
            submit(talking, Urgency.TALK, "talk");
            submit(sending, Urgency.FILE, "file");
        }

        for (int i = 0; i < 2 * WaitingLanes.TURNS; i++) {
            workOnce();
        }

        assertThat(done.subList(0, WaitingLanes.TURNS - 1)).containsOnly("talk");
        assertThat(done.get(WaitingLanes.TURNS - 1)).isEqualTo("file");
        assertThat(done.subList(WaitingLanes.TURNS, 2 * WaitingLanes.TURNS - 1))
                .containsOnly("talk");
        assertThat(done.getLast()).isEqualTo("file");
    }

    @Test
    void shouldHoldEachLaneOnce() {
        Lane lane = lane();
        submit(lane, Urgency.FILE, "file");
        submit(lane, Urgency.TALK, "talk");
        submit(lane, Urgency.TALK, "more talk");

        int size = waiting.size();
        work();

        assertThat(size).isEqualTo(1);
        assertThat(waiting.size()).isZero();
        assertThat(done).containsExactly("file", "talk", "more talk");
    }

    private Lane lane() {
        return new Lane(Runnable::run, waiting);
    }

    private void submit(Lane lane, Urgency urgency, String name) {
        lane.submit(urgency, () -> name, done::add, () -> {});
    }

    private void work() {
        while (waiting.size() > 0) {
            workOnce();
        }
    }

    private void workOnce() {
        Lane next = waiting.poll();
        assertThat(next).isNotNull();
        next.run(1);
        next.handOver();
    }
}
