package io.socp.relay.client.conformance;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.IdRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A {@link BrokenRelay}'s dealings with users; guarded by its lock. */
final class BrokenUsers {

    private static final String PUBLIC = "public";

    private final BrokenRelay relay;

    /** The advertisement of everyone online, as signed by the hosting server. */
    final Map<String, Envelope> advertisements = new LinkedHashMap<>();

    private final Set<String> everSeen = new HashSet<>();
    private long channelVersion = 1;

    BrokenUsers(BrokenRelay relay) {
        this.relay = relay;
    }

    // ---- hello and goodbye

    void onHello(BrokenLink link, Envelope e, Frame frame) {
        RsaPublicKey key = key(link, e);
        if (key == null || !isAcceptable(link, e, frame, key)) {
            return;
        }
        String user =
                relay.broken("id.case-sensitive") ? e.from().toLowerCase(Locale.ROOT) : e.from();
        String home = relay.userLocations.get(user);
        boolean isElsewhere = home != null && !home.equals(relay.id());
        boolean isTaken =
                relay.broken("hello.again", everSeen.contains(user))
                        || (home != null
                                && !relay.broken("hello.name-in-use-elsewhere", isElsewhere));
        if (isTaken && !relay.broken("hello.first-lives")) {
            if (!relay.broken("hello.name-in-use")) {
                relay.error(link, "NAME_IN_USE", user);
                link.close();
            }
            return;
        }
        welcome(link, user, key);
    }

    private RsaPublicKey key(BrokenLink link, Envelope e) {
        String text = BrokenRelay.said(e, "pubkey");
        if (text.isEmpty()) {
            if (!relay.broken("hello.no-pubkey")) {
                relay.error(link, "BAD_KEY", "pubkey is missing");
            }
            return null;
        }
        return switch (RsaPublicKey.read(text)) {
            case KeyReading.Valid(RsaPublicKey key) -> key;
            case KeyReading.Invalid(String reason) -> {
                String clause =
                        reason.contains("bits")
                                ? "crypto.rsa-2048"
                                : reason.contains("exponent")
                                        ? "crypto.exponent-3"
                                        : "crypto.no-key";
                if (!relay.broken(clause)) {
                    relay.error(link, "BAD_KEY", reason);
                }
                yield null;
            }
        };
    }

    private boolean isAcceptable(BrokenLink link, Envelope e, Frame frame, RsaPublicKey key) {
        if (!IdRule.UUID_V4.accepts(e.from())) {
            boolean isUuid = e.from().length() == 36;
            if (!relay.broken(isUuid ? "id.user-uuid-v1-refused" : "id.user-name-refused")) {
                relay.error(link, "UNKNOWN_TYPE", "from is no UUID");
            }
            return false;
        }
        boolean isSigned = !e.sig().isEmpty();
        if (isSigned && !relay.broken("hello.wrong-sig") && !relay.holds(key, e)) {
            relay.error(link, "INVALID_SIG", "hello");
            return false;
        }
        boolean hasSecondKey = !BrokenRelay.said(e, "enc_pubkey").equals(key.text());
        boolean isDisliked =
                relay.broken("hello.signed", isSigned)
                        || relay.broken("hello.unsigned", !isSigned)
                        || relay.broken("hello.sig-absent", !frame.json().has("sig"))
                        || relay.broken("hello.to-server", e.to().equals(relay.id()))
                        || relay.broken("hello.to-name", e.to().startsWith("server"))
                        || relay.broken("hello.two-keys", hasSecondKey)
                        || relay.broken("crypto.der-key", !key.text().startsWith("-----"));
        if (isDisliked) {
            relay.error(link, "BAD_KEY", "disliked");
            return false;
        }
        return true;
    }

    private void welcome(BrokenLink link, String user, RsaPublicKey key) {
        Envelope advertise = advertise(user, key);
        everSeen.add(user);
        advertisements.values().forEach(other -> relay.send(link, other));
        relay.localUsers
                .values()
                .forEach(other -> {
                    if (!relay.broken("presence.advertise")) {
                        relay.send(other, advertise);
                    }
                });
        if (!relay.broken("gossip.advertise-to-server")) {
            relay.servers().toAll(advertise, "");
        }
        link.user = user;
        link.key = key;
        relay.localUsers.put(user, link);
        relay.userLocations.put(user, relay.id());
        relay.userKeys.put(user, key);
        advertisements.put(user, advertise);
        changeChannel(user);
    }

    private Envelope advertise(String user, RsaPublicKey key) {
        JsonObject.Builder payload =
                JsonObject.builder()
                        .put("user_id", user)
                        .put(
                                "server_id",
                                relay.broken("presence.advertise-server") ? "local" : relay.id());
        if (!relay.broken("presence.advertise-fields")) {
            payload.put("meta", JsonObject.builder().put("pubkey", key.text()).build());
        }
        return relay.ours(
                "USER_ADVERTISE", "*", relay.now(), payload.build(), "presence.advertise-sig");
    }

    /** PUBLIC_CHANNEL_ADD and _UPDATED, to users and servers. */
    private void changeChannel(String user) {
        JsonObject add =
                JsonObject.builder()
                        .put("add", new JsonArray(List.of(new JsonText(user))))
                        .put("if_version", channelVersion)
                        .build();
        if (relay.broken("channel.add-fields")) {
            add = BrokenRelay.without(add, "if_version");
        }
        channelVersion += relay.broken("channel.version-grows") ? 0 : 1;
        JsonObject updated =
                JsonObject.builder()
                        .put("version", channelVersion)
                        .put("wraps", new JsonArray(List.of()))
                        .build();
        if (relay.broken("channel.updated-fields")) {
            updated = BrokenRelay.without(updated, "wraps");
        }
        List<Envelope> frames = new ArrayList<>();
        if (!relay.broken("channel.add")) {
            frames.add(relay.ours("PUBLIC_CHANNEL_ADD", "*", 0, add, "channel.sig"));
        }
        if (!relay.broken("channel.updated")) {
            frames.add(relay.ours("PUBLIC_CHANNEL_UPDATED", "*", 0, updated, "channel.sig"));
        }
        for (Envelope frame : frames) {
            relay.localUsers.values().forEach(member -> relay.send(member, frame));
            if (!relay.broken("channel.to-servers")) {
                relay.servers().toAll(frame, "");
            }
        }
    }

    void onClosed(BrokenLink link) {
        if (!relay.localUsers.remove(link.user, link)) {
            return;
        }
        if (!relay.broken("presence.gone")) {
            relay.userLocations.remove(link.user);
        }
        if (!relay.broken("presence.late-joiner")) {
            advertisements.remove(link.user);
        }
        JsonObject.Builder payload = JsonObject.builder().put("user_id", link.user);
        if (!relay.broken("presence.remove-fields")) {
            payload.put("server_id", relay.id());
        }
        Envelope remove =
                relay.ours("USER_REMOVE", "*", relay.now(), payload.build(), "presence.remove-sig");
        if (!relay.broken("presence.remove")) {
            relay.localUsers.values().forEach(other -> relay.send(other, remove));
        }
        if (!relay.broken("gossip.remove-to-server")) {
            relay.servers().toAll(remove, "");
        }
    }

    // ---- messages

    void onFrame(BrokenLink link, Envelope e) {
        switch (e.type()) {
            case "MSG_DIRECT" -> {
                if (isGenuine(link, e, "direct")) {
                    direct(link, e);
                }
            }
            case "MSG_PUBLIC_CHANNEL" -> {
                if (isGenuine(link, e, "public") && relay.isFirst(e, "public.replay")) {
                    toEveryone(e, link.user);
                    relay.servers().toAll(changed(e, "public.to-server"), "");
                }
            }
            case "FILE_START", "FILE_CHUNK", "FILE_END" -> {
                if (isGenuine(link, e, "file")) {
                    file(link, e);
                }
            }
            case "PUBLIC_CHANNEL_KEY_SHARE" -> {
                boolean isBare = e.sig().isEmpty() && !relay.broken("channel.share-empty-sig");
                if (isBare || relay.holds(link.key, e)) {
                    share(e);
                }
            }
            default -> {
                if (!relay.broken("error.unknown-type")) {
                    relay.error(link, "UNKNOWN_TYPE", e.type());
                }
            }
        }
    }

    /** SOCP §9.2 and §9.3 let the link signature be empty. */
    private boolean isGenuine(BrokenLink link, Envelope e, String group) {
        if (!e.from().equals(link.user) && !relay.broken(group + ".forged-from")) {
            relay.error(link, "INVALID_SIG", "from");
            return false;
        }
        if (e.sig().isEmpty()) {
            boolean isBare =
                    group.equals("direct")
                            && BrokenRelay.said(e, "content_sig").isEmpty()
                            && !relay.broken("direct.no-signature");
            boolean isDisliked =
                    isBare
                            || relay.broken(group + ".empty-sig")
                            || relay.broken(group + ".content-sig-only");
            if (isDisliked) {
                relay.error(link, "INVALID_SIG", "sig");
            }
            return !isDisliked;
        }
        boolean isBlind = relay.broken(group + ".wrong-sig") || relay.broken(group + ".altered");
        if (!isBlind && !relay.holds(link.key, e)) {
            relay.error(link, "INVALID_SIG", "sig");
            return false;
        }
        return true;
    }

    void direct(BrokenLink link, Envelope e) {
        link.directs++;
        boolean isLost =
                relay.broken("direct.delivered")
                        || relay.broken("transport.several-per-link", link.directs == 3)
                        || relay.broken(
                                "direct.opaque", BrokenRelay.said(e, "ciphertext").length() < 683);
        if (isLost || !relay.isFirst(e, "direct.replay")) {
            return;
        }
        String home = relay.userLocations.get(e.to());
        if (home == null) {
            if (!relay.broken("direct.user-not-found")) {
                relay.error(link, "USER_NOT_FOUND", e.to());
            }
        } else if (home.equals(relay.id())) {
            deliver(e.to(), e.ts(), copied(e), "");
        } else {
            relay.servers().forward(home, e);
        }
    }

    private JsonObject copied(Envelope e) {
        JsonObject payload =
                BrokenRelay.copy(e.payload().members())
                        .put("sender", relay.broken("direct.sender") ? "someone" : e.from())
                        .build();
        return relay.broken("direct.unchanged")
                ? BrokenRelay.without(payload, "content_sig")
                : payload;
    }

    /** USER_DELIVER; {@code prefix} names the clauses of those that came from a server. */
    void deliver(String user, long ts, JsonObject payload, String prefix) {
        BrokenLink recipient = relay.localUsers.get(user);
        if (recipient == null) {
            return;
        }
        boolean isLate = relay.broken(prefix.isEmpty() ? "direct.ts" : prefix + "-ts");
        String sigClause = prefix.isEmpty() ? "direct.sig" : prefix + "-sig";
        if (relay.broken("crypto.sig-holds")) {
            sigClause = "crypto.sig-holds";
        }
        String to = relay.broken("direct.from-to") ? "*" : user;
        Envelope deliver = relay.ours("USER_DELIVER", to, isLate ? ts + 1 : ts, payload, sigClause);
        if (relay.broken("direct.only-recipient")) {
            relay.localUsers.values().forEach(other -> relay.send(other, deliver));
        } else {
            relay.send(recipient, deliver);
        }
    }

    /** To everyone here but the author. */
    void toEveryone(Envelope e, String author) {
        Envelope sent = changed(e, "public.unchanged");
        int copies = relay.broken("public.everyone") ? 2 : 1;
        relay.localUsers.forEach((user, link) -> {
            for (int i = 0; i < copies && !user.equals(author); i++) {
                relay.send(link, sent);
            }
        });
    }

    /** With another ts, where the relay is broken so. */
    private Envelope changed(Envelope e, String clause) {
        return relay.broken(clause)
                ? Envelope.of(e.type(), e.from(), e.to(), e.ts() + 1, e.payload(), e.sig())
                : e;
    }

    private void file(BrokenLink link, Envelope e) {
        boolean isLost = relay.broken("file.direct") && e.type().equals("FILE_CHUNK");
        if (isLost) {
            return;
        }
        Envelope sent = changed(e, "file.unchanged");
        if (e.to().equals(PUBLIC) || relay.broken("file.only-recipient")) {
            if (!relay.broken("file.public")) {
                toEveryone(sent, link.user);
            }
            return;
        }
        BrokenLink recipient = relay.localUsers.get(e.to());
        if (recipient != null) {
            relay.send(recipient, sent);
        } else if (!relay.broken("file.user-not-found")) {
            relay.error(link, "USER_NOT_FOUND", e.to());
        }
    }

    /** Each share goes to the member's server, and then to the member. */
    void share(Envelope e) {
        boolean isFromUser = relay.localUsers.containsKey(e.from());
        if (!(e.payload().members().get("shares") instanceof JsonArray(List<JsonValue> shares))) {
            return;
        }
        for (JsonValue share : shares) {
            if (share instanceof JsonObject entry
                    && entry.get("member") instanceof JsonText(String member)) {
                String home = relay.userLocations.getOrDefault(member, "");
                Envelope single = only(e, share);
                if (!home.equals(relay.id())) {
                    relay.servers().share(home, single);
                } else if (!relay.broken(
                        isFromUser ? "channel.share-local" : "channel.share-from-server")) {
                    relay.send(relay.localUsers.get(member), single);
                }
            }
        }
    }

    private static Envelope only(Envelope e, JsonValue share) {
        JsonObject payload =
                BrokenRelay.copy(e.payload().members())
                        .put("shares", new JsonArray(List.of(share)))
                        .build();
        return Envelope.of(e.type(), e.from(), e.to(), e.ts(), Payload.of(payload), "");
    }
}
