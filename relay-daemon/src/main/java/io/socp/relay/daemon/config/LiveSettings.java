package io.socp.relay.daemon.config;

import io.socp.relay.ownership.ThreadSafe;

/**
 * The settings that apply now: the one place that holds them. Thread-safe: one volatile record,
 * replaced as a whole. Whoever takes up changes while the relay runs asks here each time.
 */
@ThreadSafe
public final class LiveSettings {

    private final SettingsReader reader;
    private volatile Settings current;

    /**
     * @param reader reads them again
     */
    public LiveSettings(Settings first, SettingsReader reader) {
        this.current = first;
        this.reader = reader;
    }

    /** Settings that never change. */
    public static LiveSettings of(RelayOptions options) {
        Settings settings = Settings.of(options);
        return new LiveSettings(settings, () -> settings);
    }

    public Settings settings() {
        return current;
    }

    public RelayOptions options() {
        return current.options();
    }

    /** What stands in the sources now; changes nothing. Blocking. */
    public Settings read() throws ConfigurationException {
        return reader.read();
    }

    /** From now on these apply. */
    public void replace(Settings next) {
        current = next;
    }
}
