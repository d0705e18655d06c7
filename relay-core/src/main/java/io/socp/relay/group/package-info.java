/**
 * The public channel: its version, and how two servers' versions become one (SOCP §9.3, §15).
 *
 * <p>Everyone online is a member and nobody can leave, so membership is presence and is not kept
 * twice. Mesh loop. May import {@code identity} and {@code crypto}.
 */
@NullMarked
package io.socp.relay.group;

import org.jspecify.annotations.NullMarked;
