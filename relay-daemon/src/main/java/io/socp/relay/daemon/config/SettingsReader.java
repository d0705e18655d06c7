package io.socp.relay.daemon.config;

/** Reads the settings again from where they came: file, environment, flags. Blocking. */
@FunctionalInterface
public interface SettingsReader {

    /** The settings as they stand there now; the exception says all that is wrong with them. */
    Settings read() throws ConfigurationException;
}
