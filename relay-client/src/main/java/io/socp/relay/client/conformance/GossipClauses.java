package io.socp.relay.client.conformance;

import io.socp.relay.envelope.JsonValue.JsonObject;
import java.util.List;
import java.util.function.Predicate;

/** SOCP §8.2 between servers: where users are, and who may say so. */
final class GossipClauses {

    private static final String SECTION = "§8.2";
    private static final String ADVERTISE = "USER_ADVERTISE";
    private static final String REMOVE = "USER_REMOVE";

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "gossip.advertise-to-server",
                            SECTION,
                            "A user who comes is advertised to other servers, signed",
                            GossipClauses::advertiseToServer),
                    Clause.of(
                            "gossip.remove-to-server",
                            SECTION,
                            "A user who goes is removed at other servers, signed",
                            GossipClauses::removeToServer),
                    Clause.of(
                            "gossip.advertise-to-users",
                            SECTION,
                            "A server's USER_ADVERTISE reaches local users, payload unchanged",
                            GossipClauses::advertiseToUsers),
                    Clause.of(
                            "gossip.remove-to-users",
                            SECTION,
                            "A server's USER_REMOVE reaches local users, and the user is gone",
                            GossipClauses::removeToUsers),
                    Clause.of(
                            "gossip.advertise-forwarded",
                            SECTION,
                            "USER_ADVERTISE is forwarded to other servers, from and sig kept",
                            GossipClauses::advertiseForwarded),
                    Clause.of(
                            "gossip.remove-forwarded",
                            SECTION,
                            "USER_REMOVE is forwarded to other servers, from and sig kept",
                            GossipClauses::removeForwarded),
                    Clause.of(
                            "gossip.no-loop",
                            "§10",
                            "Gossip is not sent back, and forwarded once",
                            GossipClauses::noLoop),
                    Clause.of(
                            "gossip.wrong-sig",
                            SECTION,
                            "USER_ADVERTISE whose sig does not hold is ignored",
                            GossipClauses::wrongSig),
                    Clause.of(
                            "gossip.unsigned",
                            "§16",
                            "USER_ADVERTISE without a signature is ignored",
                            GossipClauses::unsigned),
                    Clause.of(
                            "gossip.remove-wrong-sig",
                            SECTION,
                            "USER_REMOVE whose sig does not hold is ignored",
                            GossipClauses::removeWrongSig),
                    Clause.of(
                            "gossip.remove-mismatch",
                            SECTION,
                            "USER_REMOVE by a server that does not host the user is ignored",
                            GossipClauses::removeMismatch),
                    Clause.of(
                            "gossip.hijack-local",
                            "§5.1",
                            "A server cannot claim a user of this server",
                            GossipClauses::hijackLocal),
                    Clause.of(
                            "gossip.hijack-remote",
                            "§5.1",
                            "A server cannot claim a user of another server",
                            GossipClauses::hijackRemote),
                    Clause.of(
                            "gossip.foreign-server-id",
                            "§17",
                            "USER_ADVERTISE counts only from the server it names",
                            GossipClauses::foreignServerId));

    private GossipClauses() {}

    private static Predicate<Frame> about(String type, String user) {
        return Frame.ofType(type, "user_id", user);
    }

    private static void advertiseToServer(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        expectByServer(bench, peer, peer.ear().expect(ADVERTISE, about(ADVERTISE, alice.id())));
    }

    private static void removeToServer(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        alice.link().close(WireLink.NORMAL);
        expectByServer(bench, peer, peer.ear().expect(REMOVE, about(REMOVE, alice.id())));
    }

    private static void expectByServer(Bench bench, PeerSession peer, Frame presence)
            throws Unmet, InterruptedException {
        String server = bench.serverId();
        if (!presence.from().equals(server)
                || !presence.said("server_id").equals(server)
                || !presence.isSignedBy(bench.serverKey())) {
            throw peer.ear().unmet("from and server_id " + server + ", its sig", presence);
        }
    }

    private static void advertiseToUsers(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Draft advertise = peer.author().advertise(bench.author(Role.BOB));
        peer.send(advertise);
        Frame came = alice.ear().expect(ADVERTISE, about(ADVERTISE, advertise.said("user_id")));
        if (!came.payload().equals(advertise.frame().payload())) {
            throw alice.ear().unmet("the payload as it was sent", came);
        }
    }

    private static void removeToUsers(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);
        peer.send(peer.author().remove(bob.id()));
        Frame _ = alice.ear().expect(REMOVE, about(REMOVE, bob.id()));
        bench.isNowhere(alice, bob);
    }

    private static void advertiseForwarded(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        PeerSession rival = bench.peer(Role.RIVAL);
        Draft advertise = peer.author().advertise(bench.author(Role.BOB));
        peer.send(advertise);
        expectForwarded(advertise, rival);
    }

    private static void removeForwarded(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        PeerSession rival = bench.peer(Role.RIVAL);
        Author bob = bench.author(Role.BOB);
        peer.send(peer.author().advertise(bob));
        boolean _ = rival.ear().hears(about(ADVERTISE, bob.id()), bench.times().quiet());
        Draft remove = peer.author().remove(bob.id());
        peer.send(remove);
        expectForwarded(remove, rival);
    }

    private static void expectForwarded(Draft gossip, PeerSession rival)
            throws Unmet, InterruptedException {
        Frame came =
                rival.ear()
                        .expect(
                                gossip.type() + " forwarded",
                                about(gossip.type(), gossip.said("user_id")));
        if (!came.from().equals(gossip.from())
                || !came.sig().equals(gossip.sig())
                || !came.payload().equals(gossip.frame().payload())) {
            throw rival.ear().unmet("from, payload and sig as they were sent", came);
        }
    }

    private static void noLoop(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        PeerSession rival = bench.peer(Role.RIVAL);
        Draft advertise = peer.author().advertise(bench.author(Role.BOB));
        Predicate<Frame> copy = about(ADVERTISE, advertise.said("user_id"));

        peer.send(advertise);
        Frame _ = rival.ear().expect(ADVERTISE, copy);
        peer.send(advertise);
        rival.send(advertise);

        Draft after = peer.author().advertise(bench.author(Role.CAROL));
        peer.send(after);
        Frame _ =
                rival.ear()
                        .expect(ADVERTISE + " behind it", about(ADVERTISE, after.said("user_id")));
        rival.ear().expectAtMost(1, "one copy", copy);
        peer.ear().expectNone("nothing sent back", copy);
    }

    private static void wrongSig(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        Author bob = bench.author(Role.BOB);
        ignored(bench, bob, peer.author().advertise(bob).signed(bench.author(Role.MALLORY).pen()));
    }

    private static void unsigned(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        Author bob = bench.author(Role.BOB);
        ignored(bench, bob, peer.author().advertise(bob).withSig(""));
    }

    private static void foreignServerId(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        PeerSession rival = bench.peer(Role.RIVAL);
        Author bob = bench.author(Role.BOB);
        Draft claim =
                peer.author()
                        .advertise(bob)
                        .withMember("server_id", rival.id())
                        .signed(peer.author().pen());
        ignored(bench, bob, claim);
    }

    /** The user is not shown to others, and not reached. */
    private static void ignored(Bench bench, Author user, Draft advertise)
            throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        UserSession carol = bench.user(Role.CAROL);

        peer.send(advertise);

        bench.expectNoneAfter(carol, alice, "it is ignored", about(ADVERTISE, user.id()));
        bench.isNowhere(alice, user);
    }

    private static void removeWrongSig(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);
        peer.send(peer.author().remove(bob.id()).signed(bench.author(Role.MALLORY).pen()));
        Draft _ = expectHostedBy(peer, alice, bob);
        alice.ear().expectNone("it is ignored", about(REMOVE, bob.id()));
    }

    private static void removeMismatch(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        UserSession carol = bench.user(Role.CAROL);
        peer.send(peer.author().remove(carol.id()));
        Frame _ = bench.talk(alice, carol);
        alice.ear().expectNone("it is ignored", about(REMOVE, carol.id()));
    }

    private static void hijackLocal(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        UserSession carol = bench.user(Role.CAROL);

        peer.send(peer.author().advertise(carol.id(), JsonObject.EMPTY));
        peer.ear().hears(Frame.ofType("ERROR"), bench.times().quiet());

        Draft direct = alice.author().direct(carol.author(), "for Carol here");
        Frame _ = bench.talk(alice, direct, carol);
        peer.ear().expectNone("nothing for Carol", Frame.carrying("SERVER_DELIVER", direct));
    }

    private static void hijackRemote(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        PeerSession rival = bench.peer(Role.RIVAL);
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);

        rival.send(rival.author().advertise(bob));
        rival.ear().hears(Frame.ofType("ERROR"), bench.times().quiet());

        Draft direct = expectHostedBy(peer, alice, bob);
        rival.ear().expectNone("nothing for Bob", Frame.carrying("SERVER_DELIVER", direct));
    }

    /** A message to the user still goes to this server. */
    private static Draft expectHostedBy(PeerSession home, UserSession from, Author user)
            throws Unmet, InterruptedException {
        Draft direct = from.author().direct(user, "still there?");
        from.send(direct);
        Frame _ =
                home.ear()
                        .expect(
                                "SERVER_DELIVER to the user's server",
                                Frame.carrying("SERVER_DELIVER", direct));
        return direct;
    }
}
