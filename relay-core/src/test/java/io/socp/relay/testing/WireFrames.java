package io.socp.relay.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The captured frames of other implementations under {@code vectors/wire/}. */
public final class WireFrames {

    /** One of {@link #implementations()} and the files of its links. */
    private static final Map<String, List<String>> FILES =
            Map.of(
                    "fengyuan213",
                    List.of(
                            "alice-server",
                            "alice-server1",
                            "bob-server",
                            "bob-server2",
                            "server2-server1"),
                    "troublesome12",
                    List.of("alice-client", "bob-client", "server-server"),
                    "willlehmann",
                    List.of("alice-server1", "bob-server1", "carol-server2", "server2-server1"));

    /**
     * One captured frame.
     *
     * @param link who talked to whom, in the capture's words
     * @param direction {@code ->} or {@code <-}
     * @param expected {@code Decoded}, or the kind of decode failure and the field it names
     * @param transport {@code canonical}, {@code unverified} or {@code none}
     * @param frame the text, byte for byte
     */
    public record WireFrame(
            String link, String direction, String expected, String transport, String frame) {}

    private WireFrames() {}

    public static List<String> implementations() {
        return FILES.keySet().stream().sorted().toList();
    }

    /** All frames of one implementation, link by link, in the order they were sent. */
    public static List<WireFrame> of(String implementation) {
        List<WireFrame> frames = new ArrayList<>();
        for (String file : FILES.get(implementation)) {
            frames.addAll(read("/vectors/wire/" + implementation + "/" + file + ".json"));
        }
        return frames;
    }

    private static List<WireFrame> read(String resource) {
        return Vectors.read(resource).stream()
                .map(fields ->
                        new WireFrame(
                                fields.get("link"),
                                fields.get("dir"),
                                fields.get("expected"),
                                fields.get("transport"),
                                fields.get("frame")))
                .toList();
    }
}
