package io.socp.relay.daemon.cli;

import java.util.Set;

/** Which settings a running relay takes up when it is told to read them again. */
final class Reload {

    private static final Set<String> RELOADABLE =
            Set.of(
                    "accept-rate",
                    "accept-rate-per-address",
                    "address-rate",
                    "audit-log",
                    "ban-minutes",
                    "bootstrap",
                    "exempt-networks",
                    "failed-verifications",
                    "log-level",
                    "management-connections",
                    "management-token",
                    "management-token-file",
                    "max-clients",
                    "max-clients-per-address",
                    "memory-watermark",
                    "peer-rate",
                    "proxy-header",
                    "slow-readers",
                    "tls-certificate",
                    "tls-key",
                    "trusted-proxies",
                    "user-rate",
                    "user-request-rate");

    private Reload() {}

    static boolean isReloadable(String setting) {
        return RELOADABLE.contains(setting);
    }
}
