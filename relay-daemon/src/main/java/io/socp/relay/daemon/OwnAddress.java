package io.socp.relay.daemon;

import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.identity.HostPort;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where others reach this relay, as the options say it. */
final class OwnAddress {

    private static final Logger LOG = LoggerFactory.getLogger(OwnAddress.class);

    private OwnAddress() {}

    /** What stands in our certificate: where we may be dialled, here and from elsewhere. */
    static List<String> hosts(RelayOptions options) {
        List<String> hosts = new ArrayList<>(List.of("localhost", "127.0.0.1", "::1"));
        HostPort advertised = options.advertised();
        if (advertised != null) {
            hosts.add(advertised.host());
        }
        if (!options.listen().isWildcard()) {
            hosts.add(options.listen().host());
        }
        return hosts;
    }

    /** Without a word from the operator: where we listen; on a wildcard, this machine alone. */
    static HostPort advertised(RelayOptions options, int port) {
        if (options.tls().refusesServers()) {
            LOG.warn(
                    "--tls required with a certificate from a file: no other server can dial this"
                            + " one, since such a certificate does not show its identity key");
        }
        return reachable(options, port).overTls(options.tls().showsIdentity());
    }

    private static HostPort reachable(RelayOptions options, int port) {
        HostPort wanted = options.advertised();
        if (wanted != null) {
            return wanted;
        }
        if (options.listen().isWildcard()) {
            LOG.info("advertising 127.0.0.1: servers elsewhere need --advertise HOST:PORT");
            return new HostPort("127.0.0.1", port);
        }
        return new HostPort(options.listen().host(), port);
    }
}
