package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureCheck;
import io.socp.relay.dedup.SeenMessages;
import io.socp.relay.dialect.ForeignRequest;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.identity.HostPort;
import io.socp.relay.limit.Bans;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.Heartbeats;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.mesh.Standings;
import io.socp.relay.message.MessageParser;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.time.Ticker;
import io.socp.relay.verify.FreshnessWindow;
import io.socp.relay.verify.LinkPolicy;
import io.socp.relay.verify.MessageVerifier;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The whole engine, put together: the two halves and the tables they share. Immutable; the parts
 * say for themselves which thread may call them.
 */
@Immutable
public final class RelayEngine {

    private final DataPath dataPath;
    private final ControlPlane controlPlane;
    private final UserDirectory users;
    private final PeerTable peers;
    private final FarServers far;
    private final SeenMessages seen;
    private final LinkDialects dialects;
    private final Conduct conduct;
    private final Standings standings;
    private final Trail trail;

    /** An entry of the bootstrap file; {@code pinned} is null where it names no key. */
    public record Introducer(HostPort address, @Nullable RsaPublicKey pinned) {}

    private RelayEngine(
            DataPath dataPath,
            ControlPlane controlPlane,
            UserDirectory users,
            PeerTable peers,
            FarServers far,
            SeenMessages seen,
            LinkDialects dialects,
            Conduct conduct,
            Standings standings,
            Trail trail) {
        this.trail = trail;
        this.standings = standings;
        this.conduct = conduct;
        this.dialects = dialects;
        this.dataPath = dataPath;
        this.controlPlane = controlPlane;
        this.users = users;
        this.peers = peers;
        this.far = far;
        this.seen = seen;
    }

    /**
     * What the engine takes from its surroundings instead of reaching for it.
     *
     * @param random draws the jitter of retries
     * @param origins tells apart those who say that they are the same server
     * @param signatures does the RSA verification
     * @param bans whom the operator has shut out
     * @param expected who is away for a moment
     */
    public record Surroundings(
            Ticker ticker,
            RandomGenerator random,
            SignatureCheck signatures,
            LinkOrigins origins,
            Bans bans,
            Expected expected) {

        /** The same where nobody is shut out, or expected. */
        public Surroundings(
                Ticker ticker,
                RandomGenerator random,
                SignatureCheck signatures,
                LinkOrigins origins) {
            this(ticker, random, signatures, origins, new Bans(), new Expected());
        }

        /** The same where nobody can tell where links come from. */
        public Surroundings(Ticker ticker, RandomGenerator random, SignatureCheck signatures) {
            this(ticker, random, signatures, LinkOrigins.UNKNOWN);
        }
    }

    /** An engine with empty tables. */
    public static RelayEngine create(
            Self self,
            EngineSettings settings,
            List<Introducer> introducers,
            Surroundings surroundings) {
        Ticker ticker = surroundings.ticker();
        long nowNs = ticker.now().ns();
        UserDirectory users = new UserDirectory(self.id(), settings.usersMax());
        PeerTable peers = new PeerTable(self.id());
        LinkDialects dialects = new LinkDialects();
        FarServers far = new FarServers(peers);
        Expected expected = surroundings.expected();
        LiveView view = new LiveView(self.id(), peers, far, users, dialects, expected);
        Conduct conduct = new Conduct(peers, surroundings.origins());
        FreshnessWindow window = new FreshnessWindow(settings.clockSkewMax());
        Possession possession = new Possession(window);
        SeenMessages seen = new SeenMessages(settings.seenMax(), settings.seenTtl(), ticker);
        Trail trail = new Trail(settings.tracedMax());
        MessageParser parser =
                new MessageParser(settings.idRule(), ForeignRequest.BY_TYPE.keySet());
        DataPath dataPath =
                new DataPath(
                        self,
                        parser,
                        new LinkPolicy(view, window, settings.content()),
                        new MessageVerifier(surroundings.signatures()),
                        seen,
                        view,
                        new DirectoryQueries(self, users, dialects),
                        conduct,
                        surroundings.bans(),
                        expected,
                        trail);
        Contacts contacts = new Contacts(settings.mesh().backoff(), surroundings.random());
        Introducers wanted = new Introducers(self, contacts, peers);
        wanted.takeUp(introducers, nowNs);
        Gossip gossip = new Gossip(self, peers, dialects);
        ChannelKeeper channel = new ChannelKeeper(self, gossip, nowNs);
        Dependents dependents = new Dependents();
        PresenceLog log = new PresenceLog(users);
        Stranded stranded = new Stranded(users, peers, far, expected);
        RemoteUsers others =
                new RemoteUsers(self, users, peers, stranded, dependents, gossip, log, conduct);
        Attendance attendance =
                new Attendance(
                        self,
                        users,
                        peers,
                        dialects,
                        gossip,
                        channel,
                        others,
                        surroundings.bans(),
                        surroundings.random(),
                        nowNs);
        PeerLinks links =
                new PeerLinks(
                        self,
                        settings.mesh(),
                        contacts,
                        peers,
                        far,
                        dialects,
                        attendance,
                        new Heartbeats(
                                settings.mesh().heartbeat(), settings.mesh().deadAfter(), nowNs));
        MeshEntry entry =
                new MeshEntry(self, contacts, peers, far, attendance, conduct, surroundings.bans());
        FarPaths paths = new FarPaths(far);
        Horizon horizon =
                new Horizon(self, contacts, peers, far, paths, links, others, dependents, conduct);
        Reception reception =
                new Reception(
                        self,
                        contacts,
                        peers,
                        paths,
                        links,
                        entry,
                        attendance,
                        possession,
                        surroundings.random());
        Membership membership =
                new Membership(
                        self,
                        settings.mesh(),
                        contacts,
                        peers,
                        links,
                        entry,
                        reception,
                        attendance,
                        horizon,
                        possession,
                        conduct);
        return new RelayEngine(
                dataPath,
                new ControlPlane(
                        wanted,
                        membership,
                        links,
                        new Rosters(parser, peers, users, dialects),
                        attendance,
                        channel,
                        horizon,
                        new Acquaintances(self, peers, paths, dialects, surroundings.random()),
                        new DeliveryReports(
                                self,
                                users,
                                peers,
                                far,
                                dependents,
                                dialects,
                                trail,
                                expected,
                                nowNs),
                        possession,
                        conduct,
                        new Departure(self, users, peers, dialects, attendance, expected),
                        stranded),
                users,
                peers,
                far,
                seen,
                dialects,
                conduct,
                contacts.standings(),
                trail);
    }

    public DataPath dataPath() {
        return dataPath;
    }

    public ControlPlane controlPlane() {
        return controlPlane;
    }

    /** For reading. */
    public UserDirectory users() {
        return users;
    }

    /** For reading. */
    public PeerTable peers() {
        return peers;
    }

    /** For reading. */
    public FarServers far() {
        return far;
    }

    /** For reading. */
    public LinkDialects dialects() {
        return dialects;
    }

    /** For reading. */
    public Conduct conduct() {
        return conduct;
    }

    /** For reading. */
    public Standings standings() {
        return standings;
    }

    /** For reading. */
    public SeenMessages seen() {
        return seen;
    }

    /** For reading. */
    public Trail trail() {
        return trail;
    }
}
