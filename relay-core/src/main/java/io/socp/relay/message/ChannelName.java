package io.socp.relay.message;

import java.util.Set;

/** The names of the public channel that are in use as an envelope's {@code to} (SOCP §15). */
public final class ChannelName {

    private static final Set<String> NAMES = Set.of("public", "*", "all", "g123", "");

    private ChannelName() {}

    /** Whether a message to this name is for everyone. */
    public static boolean isPublic(String to) {
        return NAMES.contains(to);
    }
}
