package io.socp.relay.daemon.ops;

import io.socp.relay.envelope.JsonValue.JsonObject;

/** Reads the settings again and takes up what a running relay can. Blocking; thread-safe. */
@FunctionalInterface
public interface Reloading {

    /** Does so, all of it or nothing. */
    Answer reload();

    /** What came of it. */
    sealed interface Answer {

        /** What has changed, what waits for a restart, which files were read anew. */
        record Done(JsonObject document) implements Answer {}

        /** The settings cannot be used, and the old ones stay. */
        record Refused(String why) implements Answer {}
    }
}
