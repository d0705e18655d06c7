package io.socp.relay.client.mesh;

import java.net.URI;

/**
 * A relay of a mesh on this machine.
 *
 * @param number from 1, in the order of starting
 * @param publicKey as it stands in a bootstrap entry
 */
public record LocalRelay(int number, String id, int port, int managementPort, String publicKey) {

    /** Where users connect. */
    public URI uri() {
        return URI.create("ws://127.0.0.1:" + port);
    }
}
