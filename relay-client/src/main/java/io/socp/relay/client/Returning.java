package io.socp.relay.client;

import io.socp.relay.client.session.SessionEnd;
import io.socp.relay.message.ErrorCode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When and where a client connects anew. Confined to the client's queue.
 *
 * <p>A server that goes says when: so that all its users do not come at once. Without such a word
 * the pause is drawn, and grows with each round of attempts. The next server is another one, if
 * there is another: the one that was lost is probably still away.
 */
final class Returning {

    /** The longest pause before the first attempt. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** The longest pause at all, also of those that servers ask for. */
    static final Duration PAUSE_MAX = Duration.ofSeconds(8);

    /** Pauses double so often until then. */
    private static final int DOUBLINGS = 3;

    /** The close code of a server that does not want this user (RFC 6455 §7.4.1). */
    private static final int THROWN_OUT = 1008;

    private final boolean isWanted;
    private final List<URI> servers;
    private final RandomGenerator random;
    private int current;
    private int attempts;
    private @Nullable Duration hint;

    /** What is to be done. */
    record Next(URI server, Duration pause) {}

    Returning(URI first, ReturnOptions options, RandomGenerator random) {
        this.isWanted = options.isWanted();
        this.servers = new ArrayList<>(List.of(first));
        this.servers.addAll(options.elsewhere());
        this.random = random;
    }

    /** Whether this client comes back at all. */
    boolean isWanted() {
        return isWanted;
    }

    /** Where this client is, or tries to be. */
    URI server() {
        return servers.get(current);
    }

    /** The server goes, and expects us so much later, there or elsewhere. */
    void onGoodbye(long retryMs) {
        hint = Duration.ofMillis(Math.min(retryMs, PAUSE_MAX.toMillis()));
    }

    void onReady() {
        attempts = 0;
        hint = null;
    }

    /** What follows this end; empty where it is final. */
    Optional<Next> after(SessionEnd end) {
        if (!isWanted || isFinal(end)) {
            return Optional.empty();
        }
        current = (current + 1) % servers.size();
        Duration said = hint;
        hint = null;
        Duration pause = said == null ? drawn() : said;
        attempts++;
        return Optional.of(new Next(server(), pause));
    }

    private Duration drawn() {
        int round = Math.min(attempts / servers.size(), DOUBLINGS);
        return Duration.ofMillis(random.nextLong(FIRST_PAUSE.toMillis() << round) + 1);
    }

    private static boolean isFinal(SessionEnd end) {
        return switch (end) {
            case SessionEnd.ClosedHere _, SessionEnd.ServerKeyChanged _ -> true;
            // Who was cut off may still be there, for the server.
            case SessionEnd.HelloRefused(String code, _) ->
                    !code.equals(ErrorCode.NAME_IN_USE.name());
            case SessionEnd.Lost(_, int code) -> code == THROWN_OUT;
            case SessionEnd.NotConnected _ -> false;
        };
    }
}
