package io.socp.relay.client.conformance;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.TestKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A {@link BrokenRelay}'s dealings with servers; guarded by its lock. */
final class BrokenServers {

    private record Address(String host, int port) {}

    private final BrokenRelay relay;

    /** {@code servers}. */
    private final Map<String, BrokenLink> links = new LinkedHashMap<>();

    private final Map<String, Address> addresses = new TreeMap<>();

    /** Keys pinned to server ids. */
    private final Map<String, RsaPublicKey> pinned = new HashMap<>();

    private int welcomes;

    BrokenServers(BrokenRelay relay) {
        this.relay = relay;
    }

    // ---- joining

    void onGreeting(BrokenLink link, Envelope e) {
        if (relay.broken("transport.one-port")
                || relay.broken("join.announce", e.type().equals("SERVER_ANNOUNCE"))) {
            return;
        }
        if (!(RsaPublicKey.read(BrokenRelay.said(e, "pubkey"))
                instanceof KeyReading.Valid(RsaPublicKey key))) {
            if (!relay.broken("crypto.server-rsa-2048")) {
                relay.error(link, "BAD_KEY", "pubkey");
            }
            return;
        }
        boolean isUnproven = e.sig().isEmpty() ? relay.broken("join.unsigned") : !holds(key, e);
        if (isUnproven) {
            relay.error(link, "INVALID_SIG", e.type());
            return;
        }
        boolean isJoin = e.type().equals("SERVER_HELLO_JOIN");
        String id = isJoin ? assigned(e.from(), key) : e.from();
        RsaPublicKey known = pinned.get(id);
        if (known != null && !known.equals(key) && !relay.broken("join.key-pinned") && !isJoin) {
            relay.error(link, "BAD_KEY", "another key is pinned");
            return;
        }
        accept(link, e, id, key);
    }

    private boolean holds(RsaPublicKey key, Envelope greeting) {
        return relay.broken("join.wrong-sig") || relay.holds(key, greeting);
    }

    private String assigned(String wanted, RsaPublicKey key) {
        if (relay.broken("join.assigned-id")) {
            return UUID.randomUUID().toString();
        }
        if (wanted.equals(relay.id())) {
            return relay.broken("join.own-id") ? wanted : UUID.randomUUID().toString();
        }
        RsaPublicKey known = pinned.get(wanted);
        boolean isTaken = known != null && !known.equals(key);
        return isTaken && !relay.broken("join.taken-id") ? UUID.randomUUID().toString() : wanted;
    }

    private void accept(BrokenLink link, Envelope e, String id, RsaPublicKey key) {
        boolean isDeaf = relay.broken("join.hello-link") && e.type().equals("SERVER_HELLO_LINK");
        link.server = isDeaf ? "nobody" : id;
        link.key = key;
        links.put(id, link);
        pinned.put(id, key);
        String port = ((JsonNumber) e.payload().members().get("port")).literal();
        addresses.put(id, new Address(BrokenRelay.said(e, "host"), Integer.parseInt(port)));
        if (e.type().equals("SERVER_HELLO_JOIN")) {
            relay.send(link, welcome(e.from(), id));
        }
        for (Envelope advertise : relay.users().advertisements.values()) {
            relay.send(link, told(advertise));
        }
    }

    private Envelope told(Envelope advertise) {
        if (!relay.broken("join.learns-users")) {
            return advertise;
        }
        JsonObject payload =
                BrokenRelay.copy(advertise.payload().members()).put("server_id", "local").build();
        return relay.ours("USER_ADVERTISE", "*", advertise.ts(), payload, "");
    }

    private Envelope welcome(String joiner, String assigned) {
        welcomes++;
        List<JsonValue> rows = new ArrayList<>();
        addresses.forEach((id, address) -> {
            if (!id.equals(assigned) && links.containsKey(id)) {
                rows.add(
                        JsonObject.builder()
                                .put("user_id", id)
                                .put("host", address.host())
                                .put("port", address.port())
                                .put("pubkey", pinned.get(id).text())
                                .build());
            }
        });
        boolean isOtherKey = relay.broken("join.one-key") && welcomes > 1;
        JsonObject payload =
                JsonObject.builder()
                        .put("assigned_id", assigned)
                        .put("clients", new JsonArray(relay.broken("join.list") ? List.of() : rows))
                        .put(
                                "pubkey",
                                isOtherKey ? TestKeys.MALLORY.publicKey().text() : relay.keyText())
                        .build();
        String to = relay.broken("join.welcome") ? "*" : joiner;
        return relay.ours("SERVER_WELCOME", to, relay.now(), payload, "join.welcome-sig");
    }

    /** Says who we are to a server that was dialled again. */
    void announce(BrokenLink link) {
        synchronized (relay) {
            JsonObject payload =
                    JsonObject.builder()
                            .put("host", "127.0.0.1")
                            .put("port", relay.url().getPort())
                            .put("pubkey", relay.keyText())
                            .build();
            relay.send(
                    link,
                    relay.ours("SERVER_ANNOUNCE", "*", relay.now(), payload, "heartbeat.greeting"));
        }
    }

    void onClosed(BrokenLink link) {
        links.remove(link.server, link);
    }

    // ---- time

    void onTick() {
        synchronized (relay) {
            beat();
            for (BrokenLink link : List.copyOf(links.values())) {
                long silentMs = (System.nanoTime() - link.heardNs) / 1_000_000;
                if (silentMs > BrokenRelay.SILENCE_MS && !relay.broken("heartbeat.silence-45-s")) {
                    giveUp(link);
                }
            }
        }
    }

    private void beat() {
        if (relay.broken("heartbeat.every-15-s")) {
            return;
        }
        JsonObject payload =
                relay.broken("heartbeat.fields")
                        ? JsonObject.builder().put("now", relay.now()).build()
                        : JsonObject.EMPTY;
        toAll(relay.ours("HEARTBEAT", "*", relay.now(), payload, ""), "");
    }

    private void giveUp(BrokenLink link) {
        links.remove(link.server);
        link.close();
        Address address = addresses.get(link.server);
        if (address != null && !relay.broken("heartbeat.dial-again")) {
            relay.dial(address.host(), address.port());
        }
    }

    // ---- frames

    /** To every server but one. */
    void toAll(Envelope frame, String except) {
        links.forEach((id, link) -> {
            if (!id.equals(except)) {
                relay.send(link, frame);
            }
        });
    }

    void onFrame(BrokenLink link, Envelope e) {
        switch (e.type()) {
            case "SERVER_ANNOUNCE", "PUBLIC_CHANNEL_ADD", "PUBLIC_CHANNEL_UPDATED" -> {
                if (relay.broken("channel.ts-zero") && e.ts() == 0) {
                    relay.error(link, "INVALID_SIG", "stale");
                }
            }
            case "HEARTBEAT" -> {
                if (relay.broken("heartbeat.accepted")) {
                    relay.error(link, "UNKNOWN_TYPE", e.type());
                }
            }
            case "USER_ADVERTISE", "USER_REMOVE" -> {
                if (isGenuine(link, e) && relay.isFirst(e, "")) {
                    presence(link, e);
                }
            }
            case "SERVER_DELIVER" -> deliver(link, e);
            case "MSG_PUBLIC_CHANNEL" -> toMembers(link, e);
            case "PUBLIC_CHANNEL_KEY_SHARE" -> relay.users().share(e);
            default -> {} // gossip of others, perhaps
        }
    }

    private boolean isGenuine(BrokenLink link, Envelope e) {
        RsaPublicKey key = pinned.getOrDefault(e.from(), link.key);
        boolean isRemove = e.type().equals("USER_REMOVE");
        if (e.sig().isEmpty()) {
            return relay.broken("gossip.unsigned");
        }
        return relay.broken(isRemove ? "gossip.remove-wrong-sig" : "gossip.wrong-sig")
                || relay.holds(key, e);
    }

    private void presence(BrokenLink link, Envelope e) {
        String user = BrokenRelay.said(e, "user_id");
        String server = BrokenRelay.said(e, "server_id");
        String home = relay.userLocations.get(user);
        boolean isOthers = !server.equals(e.from());
        if ((isOthers && !relay.broken("gossip.foreign-server-id"))
                || link.server.equals("nobody")) {
            return;
        }
        boolean isAdvertise = e.type().equals("USER_ADVERTISE");
        if (isAdvertise) {
            boolean isLocal = relay.id().equals(home);
            boolean isClaimed = home != null && !home.equals(server);
            if (isClaimed
                    && !relay.broken(isLocal ? "gossip.hijack-local" : "gossip.hijack-remote")) {
                return;
            }
            relay.userLocations.put(user, server);
            relay.users().advertisements.put(user, e);
        } else {
            if (!server.equals(home) && !relay.broken("gossip.remove-mismatch")) {
                return;
            }
            relay.userLocations.remove(user);
            relay.users().advertisements.remove(user);
        }
        passOn(link, e, isAdvertise);
    }

    private void passOn(BrokenLink link, Envelope e, boolean isAdvertise) {
        Envelope toUsers = e;
        if (relay.broken("gossip.advertise-to-users")) {
            toUsers =
                    relay.ours(
                            e.type(),
                            "*",
                            e.ts(),
                            BrokenRelay.copy(e.payload().members())
                                    .put("server_id", relay.id())
                                    .build(),
                            "");
        }
        if (isAdvertise || !relay.broken("gossip.remove-to-users")) {
            for (BrokenLink user : relay.localUsers.values()) {
                relay.send(user, toUsers);
            }
        }
        boolean isResigned =
                relay.broken(
                        isAdvertise ? "gossip.advertise-forwarded" : "gossip.remove-forwarded");
        Envelope toServers =
                isResigned ? relay.ours(e.type(), "*", e.ts(), e.payload().members(), "") : e;
        toAll(toServers, relay.broken("gossip.no-loop") ? "" : link.server);
    }

    private void toMembers(BrokenLink link, Envelope e) {
        boolean isLost =
                relay.broken("public.from-server") || relay.broken("public.from-server-plain");
        if (!isLost && relay.isFirst(e, "")) {
            relay.users().toEveryone(e, "");
            toAll(e, link.server);
        }
    }

    /** A share on its way to the member's server. */
    void share(String home, Envelope e) {
        BrokenLink link = links.get(home);
        if (link != null && !relay.broken("channel.share-to-server")) {
            relay.send(link, e);
        }
    }

    /** MSG_DIRECT to a user elsewhere. */
    void forward(String home, Envelope e) {
        BrokenLink link = links.get(home);
        if (link == null) {
            return;
        }
        JsonObject payload =
                BrokenRelay.copy(e.payload().members())
                        .put("user_id", e.to())
                        .put("sender", e.from())
                        .build();
        if (relay.broken("deliver.to-server")) {
            payload = BrokenRelay.without(payload, "user_id");
        }
        String to = relay.broken("deliver.to-server-address") ? "*" : home;
        long ts = relay.broken("deliver.to-server-ts") ? e.ts() + 1 : e.ts();
        relay.send(link, relay.ours("SERVER_DELIVER", to, ts, payload, "deliver.to-server-sig"));
    }

    private void deliver(BrokenLink link, Envelope e) {
        boolean isProven =
                e.sig().isEmpty()
                        ? relay.broken("deliver.unsigned")
                        : relay.broken("deliver.wrong-sig")
                                || relay.holds(pinned.getOrDefault(e.from(), link.key), e);
        if (!isProven || !relay.isFirst(e, "deliver.replay")) {
            return;
        }
        String user = BrokenRelay.said(e, "user_id");
        String home = relay.userLocations.get(user);
        if (home == null) {
            for (int i = 0; i < 3 && relay.broken("deliver.unknown-user"); i++) {
                relay.error(link, "USER_NOT_FOUND", user);
            }
        } else if (home.equals(relay.id())) {
            JsonObject payload = BrokenRelay.without(e.payload().members(), "user_id");
            relay.users()
                    .deliver(
                            user,
                            e.ts(),
                            relay.broken("deliver.to-user")
                                    ? BrokenRelay.without(payload, "sender")
                                    : payload,
                            "deliver.to-user");
        } else if (!home.equals(link.server) || relay.broken("deliver.no-loop")) {
            relay.send(
                    links.get(home),
                    relay.broken("deliver.forwarded")
                            ? relay.ours(e.type(), home, e.ts(), e.payload().members(), "")
                            : e);
        }
    }
}
