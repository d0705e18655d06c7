package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.time.Duration;

/**
 * How a relay is loaded with direct messages. Immutable.
 *
 * @param pairs senders, each with a recipient of its own
 * @param window messages each sender has under way
 * @param warmUp before measuring
 * @param textBytes plain text of each message
 * @param payloads distinct signed payloads, used in turn
 */
@Immutable
public record DirectLoadOptions(
        URI server,
        int pairs,
        int window,
        Duration warmUp,
        Duration duration,
        int textBytes,
        int payloads) {}
