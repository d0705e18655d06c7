package io.socp.relay.client.chat;

import io.socp.relay.client.FileProgress;
import io.socp.relay.client.FileProgress.Direction;
import io.socp.relay.ownership.ThreadSafe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A bar for each file on its way, for a person at a terminal. Thread-safe: the bars' own thread
 * draws them, the client's queue moves them on.
 */
@ThreadSafe
public final class ProgressBars {

    /** Strangers can start files: more than these are not shown. */
    static final int BARS_MAX = 5;

    private static final int UPDATE_MS = 250;
    private static final int NAME_CHARS_MAX = 24;
    private static final long KIB = 1024;

    /** Two users may choose one id. */
    private record BarId(Direction direction, String peer, String fileId) {}

    private final Consumer<List<String>> lines;
    private final IntSupplier columns;
    private final Map<BarId, ProgressBar> bars = new LinkedHashMap<>();
    private final Map<BarId, String> lineByBar = new LinkedHashMap<>();

    /**
     * @param lines shows these lines in the place of the ones before
     * @param columns how wide a line may be
     */
    public ProgressBars(Consumer<List<String>> lines, IntSupplier columns) {
        this.lines = lines;
        this.columns = columns;
    }

    void onProgress(FileProgress progress) {
        BarId id = new BarId(progress.direction(), progress.peer(), progress.fileId());
        ProgressBar bar = bar(id, progress);
        if (bar == null) {
            return;
        }
        bar.stepTo(progress.doneBytes());
        if (progress.isOver()) {
            bar.close();
            remove(id);
        }
    }

    private synchronized @Nullable ProgressBar bar(BarId id, FileProgress progress) {
        ProgressBar known = bars.get(id);
        if (known != null || progress.isOver() || bars.size() >= BARS_MAX) {
            return known;
        }
        ProgressBar made =
                new ProgressBarBuilder()
                        .setTaskName(name(progress))
                        .setInitialMax(Math.max(1, progress.sizeBytes()))
                        .setUnit(" KiB", KIB)
                        .setUpdateIntervalMillis(UPDATE_MS)
                        .setStyle(ProgressBarStyle.ASCII)
                        .showSpeed()
                        .setConsumer(
                                new DelegatingProgressBarConsumer(
                                        line -> draw(id, line), Math.max(20, columns.getAsInt())))
                        .build();
        bars.put(id, made);
        return made;
    }

    private synchronized void draw(BarId id, String line) {
        if (bars.containsKey(id)) {
            lineByBar.put(id, line.strip());
            lines.accept(List.copyOf(lineByBar.values()));
        }
    }

    private synchronized void remove(BarId id) {
        bars.remove(id);
        lineByBar.remove(id);
        lines.accept(List.copyOf(lineByBar.values()));
    }

    private static String name(FileProgress progress) {
        String arrow = progress.direction() == Direction.OUTGOING ? "> " : "< ";
        String name = TextView.printable(progress.name());
        return arrow
                + (name.length() <= NAME_CHARS_MAX
                        ? name
                        : name.substring(0, NAME_CHARS_MAX - 1) + "…");
    }
}
