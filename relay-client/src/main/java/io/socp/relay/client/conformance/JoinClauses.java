package io.socp.relay.client.conformance;

import io.socp.relay.crypto.RsaPublicKey;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** SOCP §8.1: how a server comes in. */
final class JoinClauses {

    private static final String SECTION = "§8.1";
    private static final Predicate<Frame> WELCOME = Frame.ofType("SERVER_WELCOME");

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "join.welcome",
                            SECTION,
                            "SERVER_HELLO_JOIN is answered with SERVER_WELCOME to the joiner",
                            JoinClauses::welcome),
                    Clause.of(
                            "join.unsigned",
                            "§7",
                            "A JOIN with an empty sig is accepted",
                            JoinClauses::unsigned),
                    Clause.of(
                            "join.assigned-id",
                            SECTION,
                            "A joiner whose id is free is assigned that id",
                            JoinClauses::assignedId),
                    Clause.of(
                            "join.welcome-sig",
                            "§12",
                            "SERVER_WELCOME is signed with the introducer's pinned key",
                            JoinClauses::welcomeSig),
                    Clause.of(
                            "join.list",
                            SECTION,
                            "SERVER_WELCOME lists the other servers: id, host, port, pubkey",
                            JoinClauses::list),
                    Clause.of(
                            "join.taken-id",
                            SECTION,
                            "A joiner under another server's id is assigned a fresh one",
                            bench -> reassigned(bench, bench.peer().id())),
                    Clause.of(
                            "join.own-id",
                            SECTION,
                            "A joiner under the introducer's own id is assigned a fresh one",
                            bench -> reassigned(bench, bench.serverId())),
                    Clause.of(
                            "join.wrong-sig",
                            "§12",
                            "A JOIN whose sig does not hold is refused with INVALID_SIG",
                            JoinClauses::wrongSig),
                    Clause.of(
                            "join.announce",
                            SECTION,
                            "SERVER_ANNOUNCE is accepted as a server's first frame",
                            bench -> greeted(bench, "SERVER_ANNOUNCE")),
                    Clause.of(
                            "join.hello-link",
                            SECTION,
                            "SERVER_HELLO_LINK, of the sequence diagram, is accepted likewise",
                            bench -> greeted(bench, "SERVER_HELLO_LINK")),
                    Clause.of(
                            "join.key-pinned",
                            "§12",
                            "Another key does not pass for a server whose key is known",
                            JoinClauses::keyPinned),
                    Clause.of(
                            "join.one-key",
                            "§12",
                            "The server shows the same key each time",
                            JoinClauses::oneKey),
                    Clause.of(
                            "join.learns-users",
                            "§8.2",
                            "A server that joins is told of the users that are there",
                            JoinClauses::learnsUsers));

    private JoinClauses() {}

    private static Frame join(PeerSession guest, Draft join) throws Unmet, InterruptedException {
        guest.send(join);
        return guest.ear().expect("SERVER_WELCOME", WELCOME);
    }

    private static void welcome(Bench bench) throws Unmet, InterruptedException {
        PeerSession guest = bench.guest();
        Frame welcome = join(guest, guest.peer().join());
        if (!welcome.to().equals(guest.id())) {
            throw guest.ear().unmet("to " + guest.id(), welcome);
        }
    }

    private static void unsigned(Bench bench) throws Unmet, InterruptedException {
        PeerSession guest = bench.guest();
        Frame _ = join(guest, guest.peer().join().withSig(""));
    }

    private static void assignedId(Bench bench) throws Unmet, InterruptedException {
        PeerSession guest = bench.guest();
        Frame welcome = join(guest, guest.peer().join());
        if (!welcome.said("assigned_id").equals(guest.id())) {
            throw guest.ear().unmet("assigned_id " + guest.id(), welcome);
        }
    }

    private static void welcomeSig(Bench bench) throws Unmet, InterruptedException {
        RsaPublicKey key = bench.serverKey();
        PeerSession guest = bench.guest();
        Frame welcome = join(guest, guest.peer().join());
        if (!welcome.isSignedBy(key)) {
            throw guest.ear().unmet("a sig by the server's key", welcome);
        }
    }

    private static void list(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        PeerSession guest = bench.guest();
        Frame welcome = join(guest, guest.peer().join());
        boolean isListed = Subject.listed(welcome).anyMatch(row -> isRowOf(peer, row));
        if (!isListed) {
            String expected =
                    peer.id()
                            + " at "
                            + peer.peer().host()
                            + ":"
                            + peer.peer().port()
                            + " with its pubkey in clients or servers";
            throw guest.ear().unmet(expected, welcome);
        }
    }

    private static boolean isRowOf(PeerSession peer, JsonNode row) {
        return Subject.idOf(row).equals(peer.id())
                && row.path("host").stringValue("").equals(peer.peer().host())
                && row.path("port").longValue(-1) == peer.peer().port()
                && row.path("pubkey").stringValue("").equals(peer.author().keyText());
    }

    private static void reassigned(Bench bench, String taken) throws Unmet, InterruptedException {
        PeerSession guest = bench.guest(bench.serverAuthor(Role.GUEST).withId(taken));
        Frame welcome = join(guest, guest.peer().join());
        String assigned = welcome.said("assigned_id");
        if (assigned.equals(taken) || !IdentifierClauses.UUID_V4.matcher(assigned).matches()) {
            throw guest.ear().unmet("another UUID as assigned_id", welcome);
        }
    }

    private static void wrongSig(Bench bench) throws Unmet, InterruptedException {
        PeerSession guest = bench.guest();
        guest.send(guest.peer().join().signed(bench.author(Role.MALLORY).pen()));
        Frame _ = guest.ear().expectError("INVALID_SIG");
        guest.ear().expectNone("no SERVER_WELCOME", WELCOME);
    }

    /** The link counts as a server's when its gossip reaches a user. */
    private static void greeted(Bench bench, String type) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        PeerSession guest = bench.guest();
        guest.send(guest.peer().announce().withType(type));
        if (!type.equals("SERVER_ANNOUNCE")
                && guest.ear()
                        .hears(
                                Frame.ofType("ERROR", "code", "UNKNOWN_TYPE"),
                                bench.times().quiet())) {
            throw Unmet.notOffered(type + " is answered with UNKNOWN_TYPE");
        }
        Author user = bench.author(Role.BOB);

        guest.send(guest.author().advertise(user));

        Frame _ =
                alice.ear()
                        .expect(
                                "USER_ADVERTISE of its user",
                                Frame.ofType("USER_ADVERTISE", "user_id", user.id()));
    }

    private static void keyPinned(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        PeerSession impostor = bench.guest(bench.serverAuthor(Role.GUEST).withId(peer.id()));
        Author user = bench.author(Role.CAROL);

        impostor.send(impostor.peer().announce());
        boolean isRefused =
                impostor.ear().hears(Frame.ofType("ERROR"), bench.times().answer())
                        || !impostor.peer().link().isOpen();
        if (impostor.peer().link().isOpen()) {
            impostor.send(impostor.author().advertise(user));
        }

        bench.expectNoneAfter(
                bob,
                alice,
                "no gossip of an impostor",
                Frame.ofType("USER_ADVERTISE", "user_id", user.id()));
        if (!isRefused) {
            throw impostor.ear().unmet("an ERROR or a close", impostor.ear().heard());
        }
    }

    private static void oneKey(Bench bench) throws Unmet, InterruptedException {
        RsaPublicKey key = bench.serverKey();
        PeerSession guest = bench.guest();
        Frame welcome = join(guest, guest.peer().join());
        RsaPublicKey shown = Subject.read(welcome.said("pubkey"));
        boolean isSame = shown == null ? welcome.isSignedBy(key) : shown.equals(key);
        if (!isSame) {
            throw guest.ear().unmet("the key it has shown before", welcome);
        }
    }

    private static void learnsUsers(Bench bench) throws Unmet, InterruptedException {
        String server = bench.serverId();
        UserSession alice = bench.user(Role.ALICE);
        PeerSession guest = bench.guest();
        Frame _ = join(guest, guest.peer().join());
        guest.send(guest.peer().announce());
        Predicate<Frame> advertise = Frame.ofType("USER_ADVERTISE", "user_id", alice.id());
        if (!guest.ear().hears(advertise, bench.times().answer())) {
            throw Unmet.notOffered("no USER_ADVERTISE of users who came before");
        }
        Frame came = guest.ear().expect("USER_ADVERTISE", advertise);
        if (!came.said("server_id").equals(server) || !came.isSignedBy(bench.serverKey())) {
            throw guest.ear().unmet("server_id " + server + " and its sig", came);
        }
    }
}
