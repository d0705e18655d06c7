/**
 * What we say in our own name: frames, and the signature they need. The mirror image of {@code
 * verify} on the way out.
 *
 * <p>A frame is signed when someone first needs its bytes, and never twice. Thread-safe; signing
 * belongs on a worker thread. May import {@code message}, {@code envelope}, {@code crypto}, {@code
 * identity}.
 */
@NullMarked
package io.socp.relay.sign;

import org.jspecify.annotations.NullMarked;
