package io.socp.relay.client;

import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.time.Moment;
import io.socp.relay.time.Ticker;
import java.net.URI;
import java.time.Duration;

/**
 * How a client connects and how patient it is. Immutable.
 *
 * @param session address, connection timeouts, frame limit
 * @param answerTimeout for what the server is asked, and for a user not known yet to appear
 * @param ticker the time; messages are stamped with it
 */
@Immutable
public record ClientOptions(SessionOptions session, Duration answerTimeout, Ticker ticker) {

    private static final Ticker SYSTEM =
            () -> new Moment(System.nanoTime(), System.currentTimeMillis());

    /** The usual patience: 2 s of silence for a hello, 5 s for an answer. */
    public static ClientOptions to(URI server) {
        return new ClientOptions(SessionOptions.to(server), Duration.ofSeconds(5), SYSTEM);
    }
}
