package io.socp.relay.daemon.cli;

import java.util.Set;

/** Which settings a running relay takes up when it is told to read them again. */
final class Reload {

    private static final Set<String> RELOADABLE =
            Set.of(
                    "audit-log",
                    "bootstrap",
                    "log-level",
                    "management-token",
                    "management-token-file",
                    "max-clients",
                    "slow-readers",
                    "tls-certificate",
                    "tls-key");

    private Reload() {}

    static boolean isReloadable(String setting) {
        return RELOADABLE.contains(setting);
    }
}
