package io.socp.relay.client;

import io.socp.relay.client.session.ServerTrust;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.time.Moment;
import io.socp.relay.time.Ticker;
import java.net.URI;
import java.time.Duration;

/**
 * How a client connects, how patient it is, and what it takes. Immutable.
 *
 * @param session address, connection timeouts, frame limit
 * @param answerTimeout for what the server is asked, and for a user not known yet to appear
 * @param ticker the time; messages are stamped with it
 * @param files whether and where files are received
 * @param isHybrid whether our hybrid forms are announced, and used with others who announced them
 * @param returns whether a lost connection is made anew
 */
@Immutable
public record ClientOptions(
        SessionOptions session,
        Duration answerTimeout,
        Ticker ticker,
        FileOptions files,
        boolean isHybrid,
        ReturnOptions returns) {

    private static final Ticker SYSTEM =
            () -> new Moment(System.nanoTime(), System.currentTimeMillis());

    /** Takes no files. */
    public ClientOptions(SessionOptions session, Duration answerTimeout, Ticker ticker) {
        this(session, answerTimeout, ticker, FileOptions.NONE, true, ReturnOptions.NEVER);
    }

    /** The usual patience: 2 s of silence for a hello, 5 s for an answer. */
    public static ClientOptions to(URI server) {
        return new ClientOptions(SessionOptions.to(server), Duration.ofSeconds(5), SYSTEM);
    }

    public ClientOptions withFiles(FileOptions changed) {
        return new ClientOptions(session, answerTimeout, ticker, changed, isHybrid, returns);
    }

    /** With another idea of which server is the right one, on a {@code wss://} connection. */
    public ClientOptions trusting(ServerTrust trust) {
        return new ClientOptions(
                session.trusting(trust), answerTimeout, ticker, files, isHybrid, returns);
    }

    /** To everyone as to strangers: plain SOCP v1.3. */
    public ClientOptions withoutHybrid() {
        return new ClientOptions(session, answerTimeout, ticker, files, false, returns);
    }

    /** With another way of dealing with lost connections. */
    public ClientOptions returning(ReturnOptions changed) {
        return new ClientOptions(session, answerTimeout, ticker, files, isHybrid, changed);
    }
}
