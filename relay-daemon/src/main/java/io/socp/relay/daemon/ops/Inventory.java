package io.socp.relay.daemon.ops;

import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.engine.Self;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.FarServer;
import io.socp.relay.mesh.Peer;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.time.Ticker;
import io.socp.relay.verify.LinkIdentity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What the relay has at this moment, as documents for operators: no payloads, no private keys.
 * Thread-safe: reads live tables.
 */
@ThreadSafe
public final class Inventory {

    /** Entries of one answer; the rest is asked for by {@code after}. */
    static final int PAGE_MAX = 1_000;

    private final Self self;
    private final String version;
    private final RelayEngine engine;
    private final LinkRegistry links;
    private final Readiness readiness;
    private final Ticker ticker;
    private final long startedNs;

    public Inventory(
            Self self,
            String version,
            RelayEngine engine,
            LinkRegistry links,
            Readiness readiness,
            Ticker ticker) {
        this.self = self;
        this.version = version;
        this.engine = engine;
        this.links = links;
        this.readiness = readiness;
        this.ticker = ticker;
        this.startedNs = ticker.now().ns();
    }

    /** Whose this is. */
    ServerId server() {
        return self.id();
    }

    /** The relay in one look. */
    JsonObject status() {
        return JsonObject.builder()
                .put("server_id", self.id().value())
                .put("version", version)
                .put("state", word(readiness.state()))
                .put("uptime_s", TimeUnit.NANOSECONDS.toSeconds(ticker.now().ns() - startedNs))
                .put("advertised", self.advertised().toString())
                .put("key", self.key().fingerprint())
                .put("links", links.all().size())
                .put("users_here", linksOf(LinkIdentity.User.class))
                .put("users", engine.users().size())
                .put("peers", engine.peers().active().size())
                .put("servers_behind_peers", behindPeers().count())
                .build();
    }

    private long linksOf(Class<? extends LinkIdentity> kind) {
        return links.all().stream().filter(link -> kind.isInstance(link.identity())).count();
    }

    /** Servers linked, and those reached through them. */
    JsonArray peers() {
        List<JsonValue> rows = new ArrayList<>();
        engine.peers().linked().stream()
                .sorted(Comparator.comparing(peer -> peer.server().value()))
                .forEach(peer -> rows.add(peer(peer)));
        behindPeers().forEach(far -> rows.add(far(far)));
        return new JsonArray(rows);
    }

    private Stream<FarServer> behindPeers() {
        return StreamSupport.stream(engine.far().all().spliterator(), false)
                .filter(far -> !engine.far().isLinked(far.server()));
    }

    private JsonObject peer(Peer peer) {
        return JsonObject.builder()
                .put("server_id", peer.server().value())
                .put("address", peer.address().toString())
                .put("key", peer.key().fingerprint())
                .put("proven", peer.isProven())
                .put("links", peer.links().size())
                .put("kind", word(engine.dialects().ofServer(peer.server()).manner()))
                .build();
    }

    private JsonObject far(FarServer far) {
        JsonObject.Builder row =
                JsonObject.builder()
                        .put("server_id", far.server().value())
                        .put("address", far.address().toString())
                        .put("key", far.key().fingerprint());
        engine.far()
                .route(far.server(), null)
                .ifPresent(route -> row.put("via", route.via().value()).put("hops", route.hops()));
        return row.build();
    }

    /** Users on the whole network in the order of their ids. */
    JsonArray users(String after, int limit) {
        return new JsonArray(
                engine.users().pageAfter(after, Math.min(limit, PAGE_MAX)).stream()
                        .<JsonValue>map(this::user)
                        .toList());
    }

    private JsonObject user(PresentUser user) {
        JsonObject.Builder row =
                JsonObject.builder()
                        .put("user_id", user.user().value())
                        .put("since_ms", user.advertisedTs());
        String name = user.displayName();
        if (name != null) {
            row.put("name", name);
        }
        switch (user.location()) {
            case UserLocation.Local(LinkId link) ->
                    row.put("home", self.id().value()).put("link", link.value());
            case UserLocation.Remote(var home) -> row.put("home", home.value());
            case UserLocation.Unknown() -> {}
        }
        return row.build();
    }

    /** Open links in the order in which they were opened. */
    JsonArray links(long after, int limit) {
        return new JsonArray(
                links.all().stream()
                        .filter(link -> link.id().value() > after)
                        .sorted(Comparator.comparingLong((Link link) -> link.id().value()))
                        .limit(Math.min(limit, PAGE_MAX))
                        .<JsonValue>map(Inventory::link)
                        .toList());
    }

    private static JsonObject link(Link link) {
        JsonObject.Builder row =
                JsonObject.builder()
                        .put("link", link.id().value())
                        .put("remote", String.valueOf(link.arrival().remote()))
                        .put("queued_bytes", link.queuedBytes());
        return switch (link.identity()) {
            case LinkIdentity.User user ->
                    row.put("kind", "user").put("user_id", user.user().value()).build();
            case LinkIdentity.Server server ->
                    row.put("kind", "peer").put("server_id", server.server().value()).build();
            case LinkIdentity.Stranger _ -> row.put("kind", "stranger").build();
            case LinkIdentity.Introducer _ -> row.put("kind", "introducer").build();
        };
    }

    /** Why the relay would not be healthy; empty while it is. */
    Stream<String> complaints(LoopPulse pulse) {
        return Stream.of(
                        pulse.isAlive() ? "" : "an event loop stands still",
                        readiness.state() == Readiness.State.READY
                                ? ""
                                : "the relay is " + word(readiness.state()))
                .filter(complaint -> !complaint.isEmpty());
    }

    private static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
