package io.socp.relay.client.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits goes by priority, and only what the channel takes is given to it. */
class OutboundQueueTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final OutboundQueue queue = new OutboundQueue();
    private final List<String> failed = new ArrayList<>();

    @Test
    void shouldLetTheMoreUrgentOvertakeWhatWaits() {
        fill();
        add("file 1", Priority.FILE);
        add("public", Priority.PUBLIC);
        add("file 2", Priority.FILE);
        add("direct", Priority.DIRECT);
        add("control", Priority.CONTROL);
        queue.drain(channel);
        assertThat(written()).containsExactly("full");

        free();
        queue.drain(channel);

        assertThat(written()).containsExactly("control", "direct", "public", "file 1", "file 2");
    }

    @Test
    void shouldFailWhatWasNotWritten() {
        fill();
        add("a", Priority.FILE);
        add("b", Priority.DIRECT);

        queue.fail(channel, new IOException("gone"));

        assertThat(failed).containsExactlyInAnyOrder("a", "b");
    }

    private void add(String frame, Priority priority) {
        queue.add(
                frame.getBytes(US_ASCII),
                priority,
                done -> {
                    if (!done.isSuccess()) {
                        failed.add(frame);
                    }
                });
    }

    private void fill() {
        add("full", Priority.CONTROL);
        queue.drain(channel);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    }

    private void free() {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
    }

    private List<String> written() {
        List<String> texts = new ArrayList<>();
        for (ByteBuf frame = channel.readOutbound();
                frame != null;
                frame = channel.readOutbound()) {
            texts.add(frame.toString(US_ASCII));
            frame.release();
        }
        return texts;
    }
}
