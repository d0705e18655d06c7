package io.socp.relay.daemon.config;

import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import io.socp.relay.limit.LimitOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a relay is started with. Immutable.
 *
 * @param listen where users and servers connect; port 0 binds a free one
 * @param advertised where others can dial us; null means where we listen
 * @param management where operators and probes connect
 * @param introducers the bootstrap file's entries
 * @param links bounds on links
 * @param engine the engine's times and bounds
 * @param serverIdPrefix before the server's id, or empty
 * @param tls on the protocol port
 * @param transport of all sockets
 * @param limits those it begins with
 */
public record RelayOptions(
        Bind listen,
        @Nullable HostPort advertised,
        ManagementOptions management,
        List<Introducer> introducers,
        LinkOptions links,
        EngineSettings engine,
        String serverIdPrefix,
        TlsOptions tls,
        Transport transport,
        LimitOptions limits) {

    public RelayOptions {
        introducers = List.copyOf(introducers);
    }

    /** With the usual limits. */
    public RelayOptions(
            Bind listen,
            @Nullable HostPort advertised,
            ManagementOptions management,
            List<Introducer> introducers,
            LinkOptions links,
            EngineSettings engine,
            String serverIdPrefix,
            TlsOptions tls,
            Transport transport) {
        this(
                listen,
                advertised,
                management,
                introducers,
                links,
                engine,
                serverIdPrefix,
                tls,
                transport,
                LimitOptions.standard().within(links.linksMax()));
    }

    /** Without TLS. */
    public RelayOptions(
            Bind listen,
            @Nullable HostPort advertised,
            ManagementOptions management,
            List<Introducer> introducers,
            LinkOptions links,
            EngineSettings engine,
            String serverIdPrefix) {
        this(
                listen,
                advertised,
                management,
                introducers,
                links,
                engine,
                serverIdPrefix,
                TlsOptions.off(),
                Transport.AUTO);
    }

    /** These options with TLS. */
    public RelayOptions with(TlsOptions newTls) {
        return new RelayOptions(
                listen,
                advertised,
                management,
                introducers,
                links,
                engine,
                serverIdPrefix,
                newTls,
                transport,
                limits);
    }

    /** These options with other limits. */
    public RelayOptions with(LimitOptions newLimits) {
        return new RelayOptions(
                listen,
                advertised,
                management,
                introducers,
                links,
                engine,
                serverIdPrefix,
                tls,
                transport,
                newLimits);
    }

    /** These options, on ports that were bound before. */
    public RelayOptions on(int port, int managementPort) {
        return new RelayOptions(
                new Bind(listen.host(), port),
                advertised,
                management.on(managementPort),
                introducers,
                links,
                engine,
                serverIdPrefix,
                tls,
                transport,
                limits);
    }

    /**
     * These options with all of the wanted ones that a running relay can take up.
     *
     * @throws IllegalArgumentException where they do not go with what stays; the message says why
     */
    public RelayOptions takingUp(RelayOptions wanted) {
        return new RelayOptions(
                listen,
                advertised,
                management.showing(wanted.management.token()),
                wanted.introducers,
                links.within(wanted.links.linksMax(), links.messageBytesMax())
                        .dealingWith(wanted.links.slowReaders()),
                engine,
                serverIdPrefix,
                tls.takingUp(wanted.tls),
                transport,
                wanted.limits);
    }

    /** A local address; unlike {@link HostPort} it may have port 0. */
    public record Bind(String host, int port) {

        /** Whether every address of the machine is meant. */
        public boolean isWildcard() {
            return host.equals("0.0.0.0") || host.equals("::");
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }
}
