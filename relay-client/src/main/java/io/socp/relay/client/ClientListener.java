package io.socp.relay.client;

/**
 * Hears a client's events, one at a time and in order, on the client's own queue: a listener that
 * blocks holds up its client and nobody else.
 */
@FunctionalInterface
public interface ClientListener {
    void onEvent(ClientEvent event);
}
