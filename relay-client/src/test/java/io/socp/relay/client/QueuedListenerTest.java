package io.socp.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.session.SessionEnd;
import io.socp.relay.client.session.SessionListener;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reading stops when frames come faster than they are dealt with. */
class QueuedListenerTest {

    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();
    private final List<Boolean> reading = new ArrayList<>();
    private final QueuedListener listener =
            new QueuedListener(new SerialQueue(pool::add), new Target());

    private final class Target implements SessionListener {

        @Override
        public void onAccepted(@Nullable Envelope first) {
            seen.add("accepted");
        }

        @Override
        public void onEnvelope(Envelope envelope) {
            seen.add(envelope.type());
        }

        @Override
        public void onUnreadableFrame(String detail) {
            seen.add(detail);
        }

        @Override
        public void onEnd(SessionEnd end) {
            seen.add(end.reason());
        }
    }

    @Test
    void shouldPassEverythingOnInOrder() {
        listener.onAccepted(null);
        listener.onUnreadableFrame("broken");
        listener.onEnd(new SessionEnd.Lost("gone"));

        runAll();

        assertThat(seen).containsExactly("accepted", "broken", "gone");
    }

    @Test
    void shouldStopReadingAtTheBoundAndResumeAtHalf() {
        listener.throttle(reading::add);
        receive(QueuedListener.FRAMES_MAX - 1);
        assertThat(reading).isEmpty();

        receive(1);
        assertThat(reading).containsExactly(false);

        runAll();
        assertThat(reading).containsExactly(false, true);
        assertThat(seen).hasSize(QueuedListener.FRAMES_MAX);
    }

    @Test
    void shouldStopReadingWhenTheFramesAreLong() {
        Envelope quarter = frame((int) (QueuedListener.BYTES_MAX / 4));
        listener.throttle(reading::add);
        for (int i = 0; i < 3; i++) {
            listener.onEnvelope(quarter);
        }
        assertThat(reading).isEmpty();

        listener.onEnvelope(quarter);
        assertThat(reading).containsExactly(false);

        pool.remove().run();
        assertThat(reading).containsExactly(false, true);
    }

    private static Envelope frame(int bytes) {
        String text = "x".repeat(bytes);
        Payload payload = Payload.of(JsonObject.builder().put("text", text).build());
        return Envelope.of("TYPE", "from", "to", 0, payload, "");
    }

    private void receive(int frames) {
        for (int i = 0; i < frames; i++) {
            listener.onUnreadableFrame("frame");
        }
    }

    private void runAll() {
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
    }
}
