/**
 * The product as most will run it: meshes of three containers from the project's own image, each
 * fault in a mesh of its own, talked over by the client library.
 *
 * <p>Skipped where no container engine answers, unless {@code SOCP_CONTAINERS=required} (as in
 * {@code .ci/run}). Owner threads: each test's, and one for each mesh that lets its users speak.
 */
@NullMarked
package io.socp.relay.client.it.container;

import org.jspecify.annotations.NullMarked;
