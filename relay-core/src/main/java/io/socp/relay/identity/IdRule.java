package io.socp.relay.identity;

import java.util.HexFormat;
import java.util.List;

/** Which strings a relay accepts as ids from others. */
public enum IdRule {

    /** UUID version 4 in its 8-4-4-4-12 form, any case (SOCP §2). */
    UUID_V4 {
        @Override
        public boolean accepts(String id) {
            return isUuidV4(id);
        }
    },

    /**
     * Any id the {@link UserId} and {@link ServerId} records can hold, for networks with plain
     * names.
     */
    LENIENT {
        @Override
        public boolean accepts(String id) {
            return Identifiers.isWithinBounds(id);
        }
    };

    /** {@code x}: any hexadecimal digit; {@code y}: the variant's; all else stands for itself. */
    private static final String UUID_V4_FORM = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";

    private static final String MASTER_PREFIX = "master_server_";

    /** Prefixes of server ids with some implementations. */
    private static final List<String> SERVER_PREFIXES = List.of("server_", MASTER_PREFIX);

    /** Whether an id may be used under this rule. */
    public abstract boolean accepts(String id);

    /** Whether a server's id may be used under this rule: one with a known prefix is also good. */
    public boolean acceptsServer(String id) {
        return accepts(id)
                || SERVER_PREFIXES.stream()
                        .anyMatch(p -> id.startsWith(p) && accepts(id.substring(p.length())));
    }

    /** Written out, since it is asked several times for each frame. */
    private static boolean isUuidV4(String id) {
        if (id.length() != UUID_V4_FORM.length()) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (!fits(id.charAt(i), UUID_V4_FORM.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(char c, char form) {
        return switch (form) {
            case 'x' -> HexFormat.isHexDigit(c);
            case 'y' -> "89abAB".indexOf(c) >= 0;
            default -> c == form;
        };
    }

    /** Whether some implementations put this before the ids of servers. */
    public static boolean isServerPrefix(String prefix) {
        return SERVER_PREFIXES.contains(prefix);
    }

    /** Whether the id is that of a server that keeps a register for others. */
    public static boolean hasMasterPrefix(String id) {
        return id.startsWith(MASTER_PREFIX);
    }

    /** Whether the id starts as server ids do with some implementations. */
    public static boolean hasServerPrefix(String id) {
        return SERVER_PREFIXES.stream().anyMatch(id::startsWith);
    }
}
