package io.socp.relay.daemon.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.ScriptedEnd;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** One end of a captured link, played to a relay of ours on a real socket. Used by one thread. */
final class PlayedEnd implements AutoCloseable {

    /** What the end is connected by. */
    interface Socket extends AutoCloseable {

        void send(String frame);

        /** All that came so far. */
        List<Envelope> received();

        boolean isOpen();

        /** Says goodbye as WebSockets do. */
        void leave();

        /** Cuts the connection. */
        @Override
        void close();
    }

    private final Cast cast;
    private final Queue<String> script;
    private final Socket socket;

    PlayedEnd(Cast cast, List<String> script, Socket socket) {
        this.cast = cast;
        this.script = new ArrayDeque<>(script);
        this.socket = socket;
    }

    /** Dials our relay, to say what was said on this link from its dialling end. */
    static PlayedEnd dialling(Cast cast, String link, int port) {
        SocketUser user = SocketUser.connect(port);
        Socket socket =
                new Socket() {
                    @Override
                    public void send(String frame) {
                        user.send(frame);
                    }

                    @Override
                    public List<Envelope> received() {
                        return user.received();
                    }

                    @Override
                    public boolean isOpen() {
                        return user.isOpen();
                    }

                    @Override
                    public void leave() {
                        user.leave();
                    }

                    @Override
                    public void close() {
                        user.close();
                    }
                };
        return new PlayedEnd(cast, cast.script(link, "->"), socket);
    }

    /** Says what comes next in the capture, which must be frames of these types. */
    PlayedEnd says(String... types) {
        for (String type : types) {
            String captured = script.remove();
            assertThat(typeOf(captured)).as("the next captured frame").isEqualTo(type);
            socket.send(cast.saidAt(captured, System.currentTimeMillis()));
        }
        return this;
    }

    /** Leaves out what comes next in the capture, up to the first frame of this type. */
    PlayedEnd skipsTo(String type) {
        while (!typeOf(script.element()).equals(type)) {
            script.remove();
        }
        return this;
    }

    /** Waits for the first frame of this type. */
    Envelope hears(String type) {
        return hears(type, _ -> true);
    }

    /** Waits for the first frame of this type that is as wanted. */
    Envelope hears(String type, Predicate<Envelope> wanted) {
        try {
            return await(type)
                    .atMost(SocketUser.PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(
                            () -> heard(type).stream().filter(wanted).findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
        } catch (ConditionTimeoutException late) {
            throw new AssertionError(
                    "no such %s, but %s, the socket %s"
                            .formatted(
                                    type,
                                    heard().stream().map(e -> e.type() + " " + e.from()).toList(),
                                    isOpen() ? "open" : "closed"),
                    late);
        }
    }

    /** Waits for presence of this user. */
    Envelope hearsOf(String type, Object user) {
        return hears(type, e -> ScriptedEnd.text(e, "user_id").equals(user.toString()));
    }

    List<Envelope> heard() {
        return socket.received();
    }

    List<Envelope> heard(String type) {
        return heard().stream().filter(e -> e.type().equals(type)).toList();
    }

    /** Closes with 1000. */
    void leaves() {
        socket.leave();
    }

    boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        socket.close();
    }

    private static String typeOf(String frame) {
        return EnvelopeBuilder.decode(frame.getBytes(StandardCharsets.UTF_8)).type();
    }
}
