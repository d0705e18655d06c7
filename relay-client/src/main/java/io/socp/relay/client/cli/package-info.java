/**
 * The command line: options, exit codes, and the assembly of what a command needs.
 *
 * <p>Owner thread: main. Allowed imports: every client package, core {@code crypto}, {@code
 * identity}, {@code ownership}, picocli, Jackson.
 */
@NullMarked
package io.socp.relay.client.cli;

import org.jspecify.annotations.NullMarked;
