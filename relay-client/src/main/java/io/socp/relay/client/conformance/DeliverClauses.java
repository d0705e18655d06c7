package io.socp.relay.client.conformance;

import io.socp.relay.crypto.RsaPublicKey;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** SOCP §8.3 and §10: direct messages between servers. */
final class DeliverClauses {

    private static final String SECTION = "§8.3";
    private static final String TYPE = "SERVER_DELIVER";
    private static final Set<String> FIELDS =
            Set.of("user_id", "ciphertext", "sender", "sender_pub", "content_sig");

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "deliver.to-server",
                            SECTION,
                            "A message to a user elsewhere goes out as SERVER_DELIVER, 5 fields",
                            DeliverClauses::toServer),
                    Clause.of(
                            "deliver.to-server-address",
                            SECTION,
                            "SERVER_DELIVER is from the server's id to the hosting server's",
                            DeliverClauses::toServerAddress),
                    Clause.of(
                            "deliver.to-server-ts",
                            SECTION,
                            "SERVER_DELIVER keeps the author's ts",
                            DeliverClauses::toServerTs),
                    Clause.of(
                            "deliver.to-server-sig",
                            "§12",
                            "SERVER_DELIVER is signed by the sending server",
                            DeliverClauses::toServerSig),
                    Clause.of(
                            "deliver.to-user",
                            SECTION,
                            "SERVER_DELIVER to a local user becomes USER_DELIVER, copied",
                            DeliverClauses::toUser),
                    Clause.of(
                            "deliver.to-user-ts",
                            SECTION,
                            "USER_DELIVER keeps the ts of SERVER_DELIVER",
                            DeliverClauses::toUserTs),
                    Clause.of(
                            "deliver.to-user-sig",
                            "§12",
                            "USER_DELIVER is signed anew by the delivering server",
                            DeliverClauses::toUserSig),
                    Clause.of(
                            "deliver.wrong-sig",
                            "§12",
                            "SERVER_DELIVER whose sig does not hold is dropped",
                            bench -> refused(bench, "AAAA")),
                    Clause.of(
                            "deliver.unsigned",
                            "§7",
                            "SERVER_DELIVER without a signature is dropped",
                            bench -> refused(bench, "")),
                    Clause.of(
                            "deliver.replay",
                            "§10",
                            "The same SERVER_DELIVER twice is delivered once",
                            DeliverClauses::replay),
                    Clause.of(
                            "deliver.forwarded",
                            SECTION,
                            "SERVER_DELIVER for a user of a third server is forwarded unchanged",
                            DeliverClauses::forwarded),
                    Clause.of(
                            "deliver.no-loop",
                            "§10",
                            "SERVER_DELIVER is not sent back to where it came from",
                            DeliverClauses::noLoop),
                    Clause.of(
                            "deliver.unknown-user",
                            SECTION,
                            "SERVER_DELIVER for nobody is dropped, with one ERROR at most",
                            DeliverClauses::unknownUser));

    private DeliverClauses() {}

    private record Delivered(Draft sent, Frame came, Ear ear) {}

    /** Alice, here, writes to Bob, on the kit's server. */
    private static Delivered outward(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);
        Draft direct = alice.author().direct(bob, "over there");
        alice.send(direct);
        Frame came = peer.ear().expect(TYPE, Frame.carrying(TYPE, direct));
        return new Delivered(direct, came, peer.ear());
    }

    /** Bob, on the kit's server, writes to Alice, here. */
    private static Delivered inward(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);
        Draft direct = bob.direct(alice.author(), "over here");
        peer.send(peer.author().deliver(bench.serverId(), direct));
        Frame came = alice.ear().expect("USER_DELIVER", Bench.delivery(direct));
        return new Delivered(direct, came, alice.ear());
    }

    private static void toServer(Bench bench) throws Unmet, InterruptedException {
        Delivered message = outward(bench);
        Set<String> fields = new TreeSet<>(message.came().payload().propertyNames());
        if (!fields.containsAll(FIELDS)
                || !message.came().said("user_id").equals(message.sent().to())
                || !isCopied(message)) {
            throw message.ear().unmet(FIELDS + ", the message's own unchanged", message.came());
        }
    }

    private static boolean isCopied(Delivered message) {
        Frame came = message.came();
        Draft sent = message.sent();
        return came.said("sender").equals(sent.from())
                && came.said("ciphertext").equals(sent.said("ciphertext"))
                && came.said("sender_pub").equals(sent.said("sender_pub"))
                && came.said("content_sig").equals(sent.said("content_sig"));
    }

    private static void toServerAddress(Bench bench) throws Unmet, InterruptedException {
        String server = bench.serverId();
        String home = bench.peer().id();
        Delivered message = outward(bench);
        if (!message.came().from().equals(server) || !message.came().to().equals(home)) {
            throw message.ear().unmet("from " + server + " to " + home, message.came());
        }
    }

    private static void toServerTs(Bench bench) throws Unmet, InterruptedException {
        expectTs(outward(bench));
    }

    private static void toUserTs(Bench bench) throws Unmet, InterruptedException {
        expectTs(inward(bench));
    }

    private static void expectTs(Delivered message) throws Unmet {
        if (message.came().ts() != message.sent().ts()) {
            throw message.ear().unmet("ts " + message.sent().ts(), message.came());
        }
    }

    private static void toServerSig(Bench bench) throws Unmet, InterruptedException {
        expectSigned(bench.serverKey(), outward(bench));
    }

    private static void toUserSig(Bench bench) throws Unmet, InterruptedException {
        expectSigned(bench.serverKey(), inward(bench));
    }

    private static void expectSigned(RsaPublicKey key, Delivered message) throws Unmet {
        if (!message.came().isSignedBy(key)) {
            throw message.ear().unmet("a sig by the server's key", message.came());
        }
    }

    private static void toUser(Bench bench) throws Unmet, InterruptedException {
        String server = bench.serverId();
        Delivered message = inward(bench);
        if (!isCopied(message)
                || !message.came().from().equals(server)
                || !message.came().to().equals(message.sent().to())) {
            throw message.ear().unmet("the message's fields, from " + server, message.came());
        }
    }

    private static void refused(Bench bench, String sig) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        UserSession carol = bench.user(Role.CAROL);
        Author bob = bench.remote(peer, Role.BOB, alice);
        Draft direct = bob.direct(alice.author(), "badly delivered");

        peer.send(peer.author().deliver(bench.serverId(), direct).withSig(sig));

        bench.expectNoneAfter(carol, alice, "no delivery", Bench.delivery(direct));
    }

    private static void replay(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        UserSession carol = bench.user(Role.CAROL);
        Author bob = bench.remote(peer, Role.BOB, alice);
        Draft direct = bob.direct(alice.author(), "once");
        Draft deliver = peer.author().deliver(bench.serverId(), direct);

        peer.send(deliver);
        Frame _ = alice.ear().expect("USER_DELIVER", Bench.delivery(direct));
        peer.send(deliver);

        Frame _ = bench.talk(carol, alice);
        alice.ear().expectAtMost(1, "one USER_DELIVER", Bench.delivery(direct));
    }

    private static void forwarded(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        PeerSession rival = bench.peer(Role.RIVAL);
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);
        Author carol = bench.remote(rival, Role.CAROL, alice);
        Draft direct = bob.direct(carol, "by way of the middle");
        Draft deliver = peer.author().deliver(bench.serverId(), direct);

        peer.send(deliver);

        Frame came = rival.ear().expect(TYPE + " forwarded", Frame.carrying(TYPE, direct));
        if (!came.payload().equals(deliver.frame().payload())
                || came.ts() != deliver.ts()
                || !came.from().equals(deliver.from())
                || !came.sig().equals(deliver.sig())) {
            throw rival.ear().unmet("from, ts, payload and sig as they were sent", came);
        }
    }

    private static void noLoop(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);
        Draft direct = bench.author(Role.CAROL).direct(bob, "round and round");

        peer.send(peer.author().deliver(bench.serverId(), direct));

        Draft after = alice.author().direct(bob, "behind it");
        alice.send(after);
        Frame _ = peer.ear().expect(TYPE + " of another message", Frame.carrying(TYPE, after));
        peer.ear().expectNone("nothing sent back", Frame.carrying(TYPE, direct));
    }

    private static void unknownUser(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);
        Draft direct = bob.direct(bench.author(Role.CAROL), "to nobody");

        peer.send(peer.author().deliver(bench.serverId(), direct));

        Draft after = bob.direct(alice.author(), "the link lives");
        peer.send(peer.author().deliver(bench.serverId(), after));
        Frame _ = alice.ear().expect("USER_DELIVER behind it", Bench.delivery(after));
        peer.ear().expectAtMost(1, "one ERROR at most", Frame.ofType("ERROR"));
    }
}
