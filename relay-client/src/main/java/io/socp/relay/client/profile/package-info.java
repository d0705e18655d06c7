/**
 * A user's profile on disk: who the user is, and whom the user knows.
 *
 * <p>Owner thread: none, a profile is thread-safe; writes touch the disk. Allowed imports: {@code
 * client}, core {@code crypto}, {@code identity}, {@code ownership}, Jackson.
 */
@NullMarked
package io.socp.relay.client.profile;

import org.jspecify.annotations.NullMarked;
