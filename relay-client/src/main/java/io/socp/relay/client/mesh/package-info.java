/**
 * Several relays on this machine, as processes, linked to each other: for looking and for trying.
 *
 * <p>Owner thread: whoever starts a mesh; a virtual thread per process reads what it prints.
 * Allowed imports: {@code client}, core {@code crypto}, {@code identity}, {@code ownership},
 * Jackson.
 */
@NullMarked
package io.socp.relay.client.mesh;

import org.jspecify.annotations.NullMarked;
