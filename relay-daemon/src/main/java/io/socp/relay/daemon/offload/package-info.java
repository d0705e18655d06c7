/**
 * RSA off the event loops: a fixed pool of platform threads, and lanes that keep the order of each
 * link.
 *
 * <p>May import nothing of ours but {@code ownership}.
 */
@NullMarked
package io.socp.relay.daemon.offload;

import org.jspecify.annotations.NullMarked;
