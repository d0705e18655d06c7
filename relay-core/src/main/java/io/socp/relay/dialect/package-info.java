/**
 * What one link's other end understands, where that differs from the standard: containers of keys,
 * fields it looks for, requests in its own words.
 *
 * <p>All that is particular to an implementation lives here and nowhere else; which habits exist is
 * written down in {@code docs/protocol.md}. A dialect is recognised by a link's first frames.
 * Immutable values and pure functions, but for {@link io.socp.relay.dialect.LinkDialects}. May
 * import {@code message}, {@code envelope}, {@code crypto}, {@code identity}, {@code sign}.
 */
@NullMarked
package io.socp.relay.dialect;

import org.jspecify.annotations.NullMarked;
