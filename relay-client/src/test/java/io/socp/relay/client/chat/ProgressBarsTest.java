package io.socp.relay.client.chat;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.FileProgress;
import io.socp.relay.client.FileProgress.Direction;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bars as a person sees them: one for each file, gone when it is there. */
@Timeout(60)
class ProgressBarsTest {

    private final BlockingQueue<List<String>> drawn = new LinkedBlockingQueue<>();
    private final ProgressBars bars = new ProgressBars(drawn::add, () -> 80);

    @Test
    void shouldDrawABarAndTakeItAway() throws Exception {
        bars.onProgress(progress("f1", "plan\u001b[2J.bin", 0, false));

        // The library misses a step that comes while it draws: a file on its way has more of them.
        String line = "";
        for (int step = 0; !line.contains("50%"); step++) {
            bars.onProgress(progress("f1", "plan\u001b[2J.bin", 512 * 1024 + step, false));
            line = next(lines -> lines.size() == 1).getFirst();
        }
        assertThat(line).startsWith("> plan\ufffd[2J.bin").hasSizeLessThanOrEqualTo(80);

        bars.onProgress(progress("f1", "plan\u001b[2J.bin", 1024 * 1024, true));
        next(List::isEmpty);
    }

    @Test
    void shouldDrawOnlySoMany() throws Exception {
        for (int i = 0; i <= ProgressBars.BARS_MAX; i++) {
            bars.onProgress(progress("f" + i, i + ".bin", 0, false));
        }

        List<String> all = next(lines -> lines.size() == ProgressBars.BARS_MAX);
        assertThat(all).noneMatch(line -> line.contains(ProgressBars.BARS_MAX + ".bin"));
        for (int i = 0; i <= ProgressBars.BARS_MAX; i++) {
            bars.onProgress(progress("f" + i, i + ".bin", 0, true));
        }
    }

    @Test
    void shouldNotDrawWhatIsOverAtOnce() {
        bars.onProgress(progress("f1", "a", 0, true));

        assertThat(drawn).isEmpty();
    }

    private static FileProgress progress(String id, String name, long done, boolean isOver) {
        return new FileProgress(Direction.OUTGOING, id, name, "public", done, 1024 * 1024, isOver);
    }

    private List<String> next(Predicate<List<String>> isWanted) throws InterruptedException {
        while (true) {
            List<String> lines = drawn.poll(45, SECONDS);
            if (lines == null) {
                throw new AssertionError("never drawn");
            }
            if (isWanted.test(lines)) {
                return lines;
            }
        }
    }
}
