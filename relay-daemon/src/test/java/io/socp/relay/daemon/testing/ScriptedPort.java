package io.socp.relay.daemon.testing;

import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkBounds;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.daemon.transport.Doorkeeper;
import io.socp.relay.daemon.transport.LinkFactory;
import io.socp.relay.daemon.transport.ServerChannelInitializer;
import io.socp.relay.daemon.transport.TlsGate;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.limit.AddressAccounts;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Network;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A protocol port with the real initialiser, whose links end in {@link ScriptedInbox}es. */
public final class ScriptedPort {

    public static final String DOCUMENT = "{\"server_id\":\"x\"}";

    public static final int MESSAGE_BYTES_MAX = 2_000;
    public static final int IN_FLIGHT_MAX = 8;
    public static final long USER_QUEUE_BYTES_MAX = 10_000;
    public static final Duration SILENCE_MAX = Duration.ofSeconds(60);
    public static final Duration FIRST_FRAME_TIMEOUT = Duration.ofSeconds(10);

    public static final LinkIdentity ALICE =
            new LinkIdentity.User(Actors.ALICE.id(), Actors.ALICE.key(), PresenceFeed.PUSHED);
    public static final LinkIdentity SERVER_B =
            new LinkIdentity.Server(Actors.B.id(), Actors.B.key());

    private final LinkRegistry registry = new LinkRegistry();
    private final List<ScriptedInbox> inboxes = new ArrayList<>();
    private final List<LinkIdentity> slowReaders = new ArrayList<>();
    private final List<FarEnd> ends = new ArrayList<>();
    private final Set<InetAddress> shutOut = new HashSet<>();
    private final VirtualClock clock = new VirtualClock();
    private int publicDropped;
    private final Doorkeeper door;
    private final LinkFactory factory;
    private final ServerChannelInitializer initializer;

    public ScriptedPort() {
        this(100);
    }

    public ScriptedPort(int linksMax) {
        this(linksMax, null);
    }

    public ScriptedPort(int linksMax, TlsGate tls) {
        this(new Limits(LimitOptions.standard().within(linksMax)), tls, false);
    }

    /** A port under these limits. */
    public ScriptedPort(Limits limits) {
        this(limits, null, false);
    }

    /** A port that drops old public messages before it cuts a slow reader. */
    public static ScriptedPort droppingOldest() {
        return new ScriptedPort(new Limits(LimitOptions.standard()), null, true);
    }

    private ScriptedPort(Limits limits, TlsGate tls, boolean dropsOldest) {
        LinkOptions options =
                new LinkOptions(
                        limits.now().connections().max(),
                        MESSAGE_BYTES_MAX,
                        FIRST_FRAME_TIMEOUT,
                        SILENCE_MAX,
                        USER_QUEUE_BYTES_MAX,
                        10 * USER_QUEUE_BYTES_MAX,
                        IN_FLIGHT_MAX,
                        3);
        door = new Doorkeeper(limits, new AddressAccounts(), shutOut::contains, clock);
        factory =
                new LinkFactory(
                        options,
                        new LinkBounds(
                                options.userQueueBytesMax(),
                                options.peerQueueBytesMax(),
                                dropsOldest,
                                new Watch()),
                        registry,
                        new EnvelopeCodec(new EnvelopeLimits(MESSAGE_BYTES_MAX, 16, 4_096)),
                        clock,
                        this::inbox);
        initializer =
                new ServerChannelInitializer(
                        door, factory, () -> DOCUMENT.getBytes(StandardCharsets.UTF_8), tls);
    }

    /** Makes this port's links. */
    public LinkFactory factory() {
        return factory;
    }

    /** A connection that has said nothing yet. */
    public FarEnd connect() {
        FarEnd end = new FarEnd(initializer);
        ends.add(end);
        return end;
    }

    /** The same from this address. */
    public FarEnd connect(String address) {
        FarEnd end =
                new FarEnd(initializer, new InetSocketAddress(Network.address(address), 1_024));
        ends.add(end);
        return end;
    }

    /** Lets in nobody from there. */
    public void shutOut(String address) {
        shutOut.add(Network.address(address));
    }

    /** The clock of the port's rates. */
    public VirtualClock clock() {
        return clock;
    }

    /** The inbox of the link made last. */
    public ScriptedInbox inbox() {
        return inboxes.getLast();
    }

    public LinkRegistry registry() {
        return registry;
    }

    public Doorkeeper door() {
        return door;
    }

    /** Who was cut for reading too slowly. */
    public List<LinkIdentity> slowReaders() {
        return List.copyOf(slowReaders);
    }

    /** Public messages dropped for those who read too slowly. */
    public int publicDropped() {
        return publicDropped;
    }

    /** Ends all connections. */
    public void finish() {
        ends.forEach(FarEnd::finish);
    }

    private final class Watch implements LinkBounds.SlowReaderWatch {

        @Override
        public void onSlowReader(LinkIdentity identity) {
            slowReaders.add(identity);
        }

        @Override
        public void onPublicDropped(int messages) {
            publicDropped += messages;
        }
    }

    private ScriptedInbox inbox(Link link) {
        ScriptedInbox inbox = new ScriptedInbox(link);
        inboxes.add(inbox);
        return inbox;
    }
}
