/**
 * Files at their two ends: what is read and cut into pieces here, and what others send, checked and
 * put where it can do no harm.
 *
 * <p>Knows the disk, neither sockets nor users' keys. Owner thread: the client's queue; a file is
 * opened for sending on a thread of its own, since that reads all of it. Allowed imports: {@code
 * client.e2e}, core {@code crypto}, {@code envelope}, {@code identity}, {@code message}, {@code
 * ownership}.
 */
@NullMarked
package io.socp.relay.client.file;

import org.jspecify.annotations.NullMarked;
