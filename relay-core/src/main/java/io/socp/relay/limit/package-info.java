/**
 * Budgets: how often something may happen before it is refused, or put off; and who is shut out.
 *
 * <p>Time is an argument. May import {@code time}.
 */
@NullMarked
package io.socp.relay.limit;

import org.jspecify.annotations.NullMarked;
