package io.socp.relay.identity;

import java.util.regex.Pattern;

/** Which strings a relay accepts as ids from others. */
public enum IdRule {

    /** UUID version 4 in its 8-4-4-4-12 form, any case (SOCP §2). */
    UUID_V4 {
        @Override
        public boolean accepts(String id) {
            return UUID_V4_FORM.matcher(id).matches();
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

    private static final Pattern UUID_V4_FORM =
            Pattern.compile(
                    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}"
                            + "-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");

    /** Whether an id may be used under this rule. */
    public abstract boolean accepts(String id);
}
