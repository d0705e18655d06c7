package io.socp.relay.daemon.config;

import java.util.List;

/** What the operator wrote cannot be used; each problem is one line that says what and where. */
public final class ConfigurationException extends Exception {

    private static final long serialVersionUID = 1L;

    public ConfigurationException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }

    public ConfigurationException(String problem) {
        this(List.of(problem));
    }
}
