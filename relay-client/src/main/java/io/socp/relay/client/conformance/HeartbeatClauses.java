package io.socp.relay.client.conformance;

import io.socp.relay.client.conformance.WireLink.Closing;
import java.util.List;

/** SOCP §8.4 and §11: signs of life between servers. */
final class HeartbeatClauses {

    private static final String TYPE = "HEARTBEAT";

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "heartbeat.accepted",
                            "§8.4",
                            "A server's HEARTBEAT is accepted",
                            HeartbeatClauses::accepted),
                    Clause.slow(
                            "heartbeat.every-15-s",
                            "§11",
                            "HEARTBEAT is sent to every server every 15 s",
                            HeartbeatClauses::everyInterval),
                    Clause.slow(
                            "heartbeat.fields",
                            "§8.4",
                            "HEARTBEAT is from the server, with an empty payload, signed",
                            HeartbeatClauses::fields),
                    Clause.slow(
                            "heartbeat.silence-45-s",
                            "§11",
                            "A server silent for 45 s is given up, and its link closed",
                            bench -> givenUp(bench, Role.SILENT)),
                    Clause.slow(
                            "heartbeat.dial-again",
                            "§11",
                            "A server that was given up is dialled again where it announced",
                            HeartbeatClauses::dialAgain),
                    Clause.slow(
                            "heartbeat.greeting",
                            "§8.1",
                            "Who dials introduces itself first: host, port and pubkey, signed",
                            HeartbeatClauses::greeting));

    private HeartbeatClauses() {}

    private static void accepted(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author bob = bench.remote(peer, Role.BOB, alice);

        peer.send(peer.author().heartbeat(bench.serverId()));

        Draft direct = bob.direct(alice.author(), "the link lives");
        peer.send(peer.author().deliver(bench.serverId(), direct));
        Frame _ = alice.ear().expect("USER_DELIVER behind it", Bench.delivery(direct));
        peer.ear().expectNone("no ERROR", Frame.ofType("ERROR"));
    }

    private static void everyInterval(Bench bench) throws Unmet, InterruptedException {
        PeerSession listener = bench.peer(Role.LISTENER);
        for (int count = 1; count <= 2; count++) {
            Frame _ = heartbeat(bench, listener, count);
        }
    }

    private static Frame heartbeat(Bench bench, PeerSession listener, int count)
            throws Unmet, InterruptedException {
        List<Frame> beats =
                listener.peer()
                        .inbox()
                        .await(0, Frame.ofType(TYPE), count, bench.times().heartbeat());
        if (beats.size() < count) {
            throw Unmet.fail(
                    "SERVER_HELLO_JOIN",
                    TYPE + " within " + bench.times().heartbeat().toSeconds() + " s",
                    beats.size() + " so far");
        }
        return beats.getLast();
    }

    private static void fields(Bench bench) throws Unmet, InterruptedException {
        PeerSession listener = bench.peer(Role.LISTENER);
        Frame beat = heartbeat(bench, listener, 1);
        boolean isRight =
                beat.from().equals(bench.serverId())
                        && beat.payload().isObject()
                        && beat.payload().isEmpty()
                        && beat.isSignedBy(bench.serverKey());
        if (!isRight) {
            throw listener.ear().unmet("from " + bench.serverId() + ", payload {}, its sig", beat);
        }
    }

    private static Peer givenUp(Bench bench, Role role) throws Unmet, InterruptedException {
        Peer silent = bench.peer(role).peer();
        Closing closing = silent.link().awaitClosing(bench.times().silence());
        if (closing == null) {
            throw Unmet.fail(
                    "SERVER_HELLO_JOIN and nothing more",
                    "the link closed within " + bench.times().silence().toSeconds() + " s",
                    "it is open");
        }
        return silent;
    }

    private static void dialAgain(Bench bench) throws Unmet, InterruptedException {
        Peer silent = givenUp(bench, Role.SILENT);
        if (!silent.isDialledBack(bench.times().answer())) {
            throw Unmet.fail(
                    "SERVER_HELLO_JOIN and nothing more",
                    "a connection to " + silent.host() + ":" + silent.port(),
                    "none");
        }
    }

    private static void greeting(Bench bench) throws Unmet, InterruptedException {
        Peer silent = givenUp(bench, Role.SILENT);
        if (!silent.isDialledBack(bench.times().answer())) {
            throw Unmet.notOffered("the server has not dialled");
        }
        Frame greeting = silent.inbox().await(0, Peer::isGreeting, bench.times().answer());
        if (greeting == null) {
            throw Unmet.fail(
                    "nothing to who dialled",
                    "SERVER_HELLO_JOIN, SERVER_HELLO_LINK or SERVER_ANNOUNCE",
                    "none of them");
        }
        boolean isRight =
                greeting.payload().path("host").isString()
                        && greeting.payload().path("port").isIntegralNumber()
                        && greeting.from().equals(bench.serverId())
                        && bench.serverKey().equals(Subject.read(greeting.said("pubkey")))
                        && greeting.isSignedBy(bench.serverKey());
        if (!isRight) {
            throw Unmet.fail(
                    "nothing to who dialled",
                    "host, an integer port, the server's pubkey and its sig",
                    greeting.summary());
        }
    }
}
