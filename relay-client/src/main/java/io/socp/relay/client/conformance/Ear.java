package io.socp.relay.client.conformance;

import io.socp.relay.client.conformance.Settings.Times;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What one trial hears of what comes to one user or server: the frames since the trial began.
 * Thread-safe: fixed but for the inbox.
 */
@ThreadSafe
final class Ear {

    private static final int TOLD_MAX = 3;

    private final Inbox inbox;
    private final int mark;
    private final Transcript transcript;
    private final Times times;

    Ear(Inbox inbox, Transcript transcript, Times times) {
        this.inbox = inbox;
        this.mark = inbox.size();
        this.transcript = transcript;
        this.times = times;
    }

    /** The first such frame; without one the trial fails. */
    Frame expect(String what, Predicate<Frame> wanted) throws Unmet, InterruptedException {
        return expect(what, wanted, 1).getFirst();
    }

    /** The first {@code count} such frames; with fewer the trial fails. */
    List<Frame> expect(String what, Predicate<Frame> wanted, int count)
            throws Unmet, InterruptedException {
        List<Frame> found = inbox.await(mark, wanted, count, times.answer());
        if (found.size() < count) {
            throw unmet(what, heard());
        }
        transcript.came(found.getLast());
        return found;
    }

    /** An ERROR with this code; another code fails the trial as none does. */
    Frame expectError(String code) throws Unmet, InterruptedException {
        String what = "ERROR " + code;
        Frame error = expect(what, Frame.ofType("ERROR"));
        if (!error.said("code").equals(code)) {
            // One frame may be wrong in two ways: the code may come second.
            return expect(what, Frame.ofType("ERROR", "code", code));
        }
        return error;
    }

    /** Any ERROR. */
    Frame expectAnyError() throws Unmet, InterruptedException {
        return expect("an ERROR", Frame.ofType("ERROR"));
    }

    /** Whether such a frame comes within {@code timeout}. */
    boolean hears(Predicate<Frame> wanted, Duration timeout) throws InterruptedException {
        Frame found = inbox.await(mark, wanted, timeout);
        if (found != null) {
            transcript.came(found);
        }
        return found != null;
    }

    /** Listens for a quiet while; one such frame fails the trial. */
    void expectNone(String what, Predicate<Frame> unwanted) throws Unmet, InterruptedException {
        expectAtMost(0, what, unwanted);
    }

    /** Listens for a quiet while; more than {@code max} such frames fail the trial. */
    void expectAtMost(int max, String what, Predicate<Frame> counted)
            throws Unmet, InterruptedException {
        List<Frame> found = inbox.await(mark, counted, max + 1, times.quiet());
        if (found.size() > max) {
            throw unmet(what, found);
        }
    }

    /** Every such frame so far. */
    List<Frame> heard(Predicate<Frame> wanted) {
        return heard().stream().filter(wanted).toList();
    }

    List<Frame> heard() {
        return inbox.since(mark);
    }

    /** The verdict on frames that came and are not as they must be. */
    Unmet unmet(String expected, List<Frame> came) {
        return Unmet.fail(transcript.sent(), expected, told(came));
    }

    Unmet unmet(String expected, Frame came) {
        return unmet(expected, List.of(came));
    }

    /** A few frames in full; of many the errors, and how many there are of each type. */
    private static String told(List<Frame> frames) {
        if (frames.isEmpty()) {
            return "nothing";
        }
        if (frames.size() <= TOLD_MAX) {
            return joined(frames);
        }
        List<Frame> errors = frames.stream().filter(Frame.ofType("ERROR")).limit(TOLD_MAX).toList();
        Map<String, Long> byType =
                frames.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Frame::type, TreeMap::new, Collectors.counting()));
        String counts = frames.size() + " frames: " + byType;
        return errors.isEmpty() ? counts : joined(errors) + " among " + counts;
    }

    private static String joined(List<Frame> frames) {
        return frames.stream().map(Frame::summary).collect(Collectors.joining(" | "));
    }
}
