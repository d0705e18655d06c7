package io.socp.relay.client.session;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.LinkChallenge;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes a session's hello; asked on the event loop, so it signs elsewhere. */
@FunctionalInterface
public interface HelloSource {

    /**
     * The signed USER_HELLO with the time of the call.
     *
     * @param challenge what the server shows on this connection, for the hello to sign; null where
     *     it shows nothing, or has not proven its key
     */
    CompletableFuture<Envelope> hello(@Nullable LinkChallenge challenge);
}
