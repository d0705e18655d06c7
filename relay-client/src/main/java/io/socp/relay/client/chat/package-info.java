/**
 * The conversation as a person or a script has it: commands in, lines out.
 *
 * <p>Knows no sockets, and of files their paths. Owner threads: lines are read by one thread,
 * commands run in order on the client's queue, output may come from either. Allowed imports: {@code
 * client}, core {@code identity}, {@code ownership}, Jackson, JLine, progressbar.
 */
@NullMarked
package io.socp.relay.client.chat;

import org.jspecify.annotations.NullMarked;
