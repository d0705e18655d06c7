package io.socp.relay.client.profile;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A profile that cannot be used; the message is one line that names the file and what is wrong. */
public final class ProfileException extends IOException {

    private static final long serialVersionUID = 1L;

    ProfileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
