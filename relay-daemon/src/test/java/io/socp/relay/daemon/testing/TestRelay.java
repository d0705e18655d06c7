package io.socp.relay.daemon.testing;

import io.socp.relay.daemon.RelayDaemon;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.config.ManagementOptions;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.daemon.config.RelayOptions.Bind;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.Transport;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.EngineSettings.MeshTimers;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import io.socp.relay.mesh.Backoff;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.verify.ContentCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** A running relay of this JVM, in the name of one of the actors, on loopback. */
public final class TestRelay implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final Server actor;
    private final Path dir;
    private final DataDir data;
    private final RelayDaemon daemon;

    private TestRelay(Server actor, Path dir, DataDir data, RelayDaemon daemon) {
        this.actor = actor;
        this.dir = dir;
        this.data = data;
        this.daemon = daemon;
    }

    /** How a relay is started; each {@code with} changes one thing. */
    public record Setup(
            Server actor,
            int port,
            HostPort advertised,
            List<Introducer> introducers,
            LinkOptions links,
            EngineSettings engine,
            TlsOptions tls,
            ManagementOptions management) {

        public Setup withPort(int newPort) {
            return new Setup(
                    actor, newPort, advertised, introducers, links, engine, tls, management);
        }

        public Setup withIntroducers(Introducer... all) {
            return new Setup(actor, port, advertised, List.of(all), links, engine, tls, management);
        }

        public Setup withLinks(LinkOptions newLinks) {
            return new Setup(
                    actor, port, advertised, introducers, newLinks, engine, tls, management);
        }

        /** Others are told of this port of this machine instead of the one it listens on. */
        public Setup withAdvertisedPort(int newPort) {
            HostPort elsewhere = new HostPort(HOST, newPort);
            return new Setup(actor, port, elsewhere, introducers, links, engine, tls, management);
        }

        public Setup withTls(TlsOptions newTls) {
            return new Setup(
                    actor, port, advertised, introducers, links, engine, newTls, management);
        }

        /** Operators must show this token. */
        public Setup withManagementToken(String token) {
            return new Setup(
                    actor,
                    port,
                    advertised,
                    introducers,
                    links,
                    engine,
                    tls,
                    new ManagementOptions(new Bind(HOST, 0), token));
        }

        /** Any text is an id, as {@code --interop-lenient-ids} has it. */
        public Setup withLenientIds() {
            return withEngine(engine.accepting(true));
        }

        /** Content signatures are checked so, as {@code --verify-content} has it. */
        public Setup withContent(ContentCheck check) {
            return withEngine(engine.checking(check));
        }

        private Setup withEngine(EngineSettings newEngine) {
            return new Setup(
                    actor, port, advertised, introducers, links, newEngine, tls, management);
        }

        /** Starts; the data directory lies under {@code parent}. */
        public TestRelay start(Path parent) {
            return start(parent, options -> options);
        }

        /** Starts with these options changed. */
        public TestRelay start(Path parent, UnaryOperator<RelayOptions> change) {
            Path dir = parent.resolve(actor.id().value());
            try {
                prepare(dir);
                DataDir data = DataDir.open(dir);
                try {
                    return new TestRelay(
                            actor, dir, data, RelayDaemon.start(change.apply(options()), data));
                } catch (IOException failed) {
                    data.close();
                    throw failed;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ConfigurationException e) {
                throw new IllegalStateException(e);
            }
        }

        private void prepare(Path dir) throws IOException {
            if (Files.notExists(dir)) {
                Files.createDirectories(dir);
                Files.writeString(dir.resolve("server.id"), actor.id().value());
                actor.keys().identity().save(dir.resolve("server.key.pem"));
            }
        }

        private RelayOptions options() {
            return new RelayOptions(
                    new Bind(HOST, port),
                    advertised,
                    management,
                    introducers,
                    links,
                    engine,
                    "",
                    tls,
                    Transport.AUTO);
        }
    }

    public static Setup of(Server actor) {
        return new Setup(
                actor,
                0,
                null,
                List.of(),
                LinkOptions.standard(),
                quickEngine(),
                TlsOptions.off(),
                ManagementOptions.onLoopback(0));
    }

    /** The standard bounds with other times for the first frame, and other queues. */
    public static LinkOptions links(Duration firstFrameTimeout, long userQueueBytesMax) {
        LinkOptions standard = LinkOptions.standard();
        return new LinkOptions(
                standard.linksMax(),
                standard.messageBytesMax(),
                firstFrameTimeout,
                standard.silenceMax(),
                userQueueBytesMax,
                standard.peerQueueBytesMax(),
                standard.inFlightMax(),
                standard.malformedMax());
    }

    /** A port nobody listens on at the moment. */
    public static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An introducer at a port of this machine, pinned to the actor's key. */
    public static Introducer introducer(int port, Server actor) {
        return new Introducer(new HostPort(HOST, port), actor.key());
    }

    /** An introducer at a port of this machine, without a key. */
    public static Introducer introducer(int port) {
        return new Introducer(new HostPort(HOST, port), null);
    }

    /** This relay, as others name it. */
    public Introducer asIntroducer() {
        return introducer(port(), actor);
    }

    /** The same, dialled over TLS. */
    public Introducer asIntroducerOverTls() {
        return new Introducer(new HostPort(HOST, port(), true), actor.key());
    }

    public Server actor() {
        return actor;
    }

    public Path dir() {
        return dir;
    }

    public int port() {
        return daemon.port();
    }

    /** What the management port says. */
    public Scrape scrape() {
        return Scrape.of(daemon.managementPort());
    }

    public int managementPort() {
        return daemon.managementPort();
    }

    /** Ends it as SIGTERM does. */
    public void drain(Duration grace) {
        daemon.drain(grace);
    }

    @Override
    public void close() {
        daemon.close();
        data.close();
    }

    private static EngineSettings quickEngine() {
        EngineSettings standard = EngineSettings.standard();
        return new EngineSettings(
                standard.idRule(),
                standard.clockSkewMax(),
                standard.seenTtl(),
                standard.seenMax(),
                standard.usersMax(),
                new MeshTimers(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)),
                        Duration.ofSeconds(1)));
    }
}
