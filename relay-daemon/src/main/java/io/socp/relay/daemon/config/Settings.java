package io.socp.relay.daemon.config;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All settings as they were read at one time. Immutable.
 *
 * @param options what they amount to for the relay
 * @param logs what they amount to for the log
 * @param values the same as texts by name, to tell what has changed
 */
public record Settings(RelayOptions options, LogOptions logs, SortedMap<String, Setting> values) {

    public Settings {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /** Settings that nobody has written: options of a program. */
    public static Settings of(RelayOptions options) {
        return new Settings(options, LogOptions.standard(), Collections.emptySortedMap());
    }

    /** These with others in the place of the options. */
    public Settings with(RelayOptions others) {
        return new Settings(others, logs, values);
    }
}
