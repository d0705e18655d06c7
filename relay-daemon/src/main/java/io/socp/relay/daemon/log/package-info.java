/**
 * What becomes of a log line: as text or JSON, to which stream, and how many of a kind. Whatever a
 * line holds is somebody else's text and cannot begin another line. May import {@code
 * daemon.config} and Logback.
 */
@NullMarked
package io.socp.relay.daemon.log;

import org.jspecify.annotations.NullMarked;
