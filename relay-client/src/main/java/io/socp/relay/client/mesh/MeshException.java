package io.socp.relay.client.mesh;

import java.io.IOException;

/**
 * A mesh that did not come up; the message is for the person and may quote a relay's last words.
 */
public final class MeshException extends IOException {

    private static final long serialVersionUID = 1L;

    MeshException(String message) {
        super(message);
    }

    MeshException(String message, Throwable cause) {
        super(message, cause);
    }
}
