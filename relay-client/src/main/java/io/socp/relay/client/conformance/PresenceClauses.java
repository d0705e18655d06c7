package io.socp.relay.client.conformance;

import java.util.List;
import java.util.function.Predicate;

/** SOCP §8.2 as users see it: who comes, who is there, who goes. */
final class PresenceClauses {

    private static final String SECTION = "§8.2";

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "presence.advertise",
                            SECTION,
                            "Users are told of one who comes by USER_ADVERTISE",
                            bench -> advertised(bench)),
                    Clause.of(
                            "presence.advertise-fields",
                            SECTION,
                            "USER_ADVERTISE has user_id, server_id and an object meta",
                            PresenceClauses::advertiseFields),
                    Clause.of(
                            "presence.advertise-server",
                            SECTION,
                            "server_id and from of USER_ADVERTISE are the hosting server's id",
                            PresenceClauses::advertiseServer),
                    Clause.of(
                            "presence.advertise-sig",
                            "§12",
                            "USER_ADVERTISE is signed by the hosting server",
                            PresenceClauses::advertiseSig),
                    Clause.of(
                            "presence.late-joiner",
                            SECTION,
                            "One who comes is told of those who are there, and of no one else",
                            PresenceClauses::lateJoiner),
                    Clause.of(
                            "presence.remove",
                            SECTION,
                            "Users are told of one who goes by USER_REMOVE",
                            bench -> removed(bench)),
                    Clause.of(
                            "presence.remove-fields",
                            SECTION,
                            "USER_REMOVE has user_id and the hosting server's server_id",
                            PresenceClauses::removeFields),
                    Clause.of(
                            "presence.remove-sig",
                            "§12",
                            "USER_REMOVE is signed by the server",
                            PresenceClauses::removeSig),
                    Clause.of(
                            "presence.gone",
                            "§10",
                            "Who has gone is not found any more",
                            PresenceClauses::gone));

    private PresenceClauses() {}

    private static Frame advertised(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        return alice.ear().expect("USER_ADVERTISE", about("USER_ADVERTISE", bob));
    }

    private static Frame removed(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        bob.link().close(WireLink.NORMAL);
        return alice.ear().expect("USER_REMOVE", about("USER_REMOVE", bob));
    }

    private static Predicate<Frame> about(String type, UserSession user) {
        return Frame.ofType(type, "user_id", user.id());
    }

    private static void advertiseFields(Bench bench) throws Unmet, InterruptedException {
        Frame advertise = advertised(bench);
        if (advertise.said("server_id").isEmpty() || !advertise.payload().path("meta").isObject()) {
            throw unmet("user_id, server_id, meta as an object", advertise);
        }
    }

    private static void advertiseServer(Bench bench) throws Unmet, InterruptedException {
        expectServer(bench, advertised(bench));
    }

    private static void removeFields(Bench bench) throws Unmet, InterruptedException {
        expectServer(bench, removed(bench));
    }

    private static void expectServer(Bench bench, Frame presence)
            throws Unmet, InterruptedException {
        String server = bench.serverId();
        if (!presence.from().equals(server) || !presence.said("server_id").equals(server)) {
            throw unmet("from and server_id " + server, presence);
        }
    }

    private static void advertiseSig(Bench bench) throws Unmet, InterruptedException {
        expectSigned(bench, advertised(bench));
    }

    private static void removeSig(Bench bench) throws Unmet, InterruptedException {
        expectSigned(bench, removed(bench));
    }

    private static void expectSigned(Bench bench, Frame presence)
            throws Unmet, InterruptedException {
        if (!presence.isSignedBy(bench.serverKey())) {
            throw unmet("a sig by the server's key", presence);
        }
    }

    /** Not in the standard's text; but a client has no other way to learn of those before it. */
    private static void lateJoiner(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        bob.link().close(WireLink.NORMAL);
        boolean _ =
                alice.ear().hears(about("USER_REMOVE", bob), bench.times().quiet().multipliedBy(2));

        UserSession carol = bench.user(Role.CAROL);

        if (!carol.ear().hears(about("USER_ADVERTISE", alice), bench.times().answer())) {
            throw Unmet.notOffered("no USER_ADVERTISE of users who came before");
        }
        carol.ear().expectNone("nothing of a user who has left", about("USER_ADVERTISE", bob));
    }

    private static void gone(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        bob.link().close(WireLink.NORMAL);
        boolean _ =
                alice.ear().hears(about("USER_REMOVE", bob), bench.times().quiet().multipliedBy(2));
        bench.isNowhere(alice, bob.author());
    }

    private static Unmet unmet(String expected, Frame came) {
        return Unmet.fail("USER_HELLO, or a close", expected, came.summary());
    }
}
