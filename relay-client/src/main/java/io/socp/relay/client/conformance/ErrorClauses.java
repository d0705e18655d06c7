package io.socp.relay.client.conformance;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** SOCP §9.5: ERROR and ACK, and that nobody answers them. */
final class ErrorClauses {

    private static final String SECTION = "§9.5";

    static final Set<String> CODES =
            Set.of(
                    "USER_NOT_FOUND",
                    "INVALID_SIG",
                    "BAD_KEY",
                    "TIMEOUT",
                    "UNKNOWN_TYPE",
                    "NAME_IN_USE");

    /** Errors two servers may exchange over one cause before it counts as a storm. */
    private static final int STORM_ERRORS = 5;

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "error.unknown-type",
                            SECTION,
                            "A type nobody knows is answered with UNKNOWN_TYPE",
                            bench -> unknownType(bench)),
                    Clause.of(
                            "error.fields",
                            SECTION,
                            "ERROR has the strings code, one of six, and detail",
                            ErrorClauses::fields),
                    Clause.of(
                            "error.sig", "§12", "ERROR is signed by the server", ErrorClauses::sig),
                    Clause.of(
                            "error.link-lives",
                            SECTION,
                            "After an ERROR the link serves on",
                            ErrorClauses::linkLives),
                    Clause.of(
                            "error.not-answered",
                            SECTION,
                            "A user's ERROR, whatever its code, is not answered",
                            ErrorClauses::notAnswered),
                    Clause.of(
                            "error.malformed-not-answered",
                            SECTION,
                            "An ERROR without code, detail or signature is not answered",
                            ErrorClauses::malformedNotAnswered),
                    Clause.of(
                            "error.ack-not-answered",
                            SECTION,
                            "An ACK is not answered",
                            ErrorClauses::ackNotAnswered),
                    Clause.of(
                            "error.server-not-answered",
                            SECTION,
                            "A server's ERROR or ACK is not answered",
                            ErrorClauses::serverNotAnswered),
                    Clause.of(
                            "error.no-storm",
                            SECTION,
                            "With a server that answers every ERROR there is no storm",
                            ErrorClauses::noStorm));

    private ErrorClauses() {}

    private static Frame unknownType(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        alice.send(strange(alice.author()));
        return alice.ear().expectError("UNKNOWN_TYPE");
    }

    private static Draft strange(Author author) {
        return Draft.of("MSG_TELEPATHY", author.id(), Draft.ALL, JsonObject.EMPTY)
                .signed(author.pen());
    }

    private static void fields(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        alice.send(strange(alice.author()));
        Frame error = alice.ear().expectAnyError();
        if (!CODES.contains(error.said("code")) || !error.payload().path("detail").isString()) {
            throw alice.ear().unmet("a code of " + CODES + " and a detail", error);
        }
    }

    private static void sig(Bench bench) throws Unmet, InterruptedException {
        RsaPublicKey key = bench.serverKey();
        UserSession alice = bench.user(Role.ALICE);
        alice.send(strange(alice.author()));
        Frame error = alice.ear().expectAnyError();
        if (!error.isSignedBy(key)) {
            throw alice.ear().unmet("a sig by the server's key", error);
        }
    }

    private static void linkLives(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        alice.send(strange(alice.author()));
        Frame _ = alice.ear().expectAnyError();
        Frame _ = bench.talk(alice, bob);
    }

    private static void notAnswered(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        for (String code : CODES) {
            JsonObject payload =
                    JsonObject.builder().put("code", code).put("detail", "conformance").build();
            alice.send(
                    Draft.of("ERROR", alice.id(), Draft.ALL, payload).signed(alice.author().pen()));
        }
        expectSilence(bench, alice);
    }

    private static void malformedNotAnswered(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        Draft bare = Draft.of("ERROR", alice.id(), Draft.ALL, JsonObject.EMPTY);
        alice.send(bare);
        alice.send(bare.withSig("AAAA"));
        alice.send("{\"type\":\"ERROR\"}");
        expectSilence(bench, alice);
    }

    private static void ackNotAnswered(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        JsonObject payload = JsonObject.builder().put("msg_ref", Author.newId()).build();
        alice.send(Draft.of("ACK", alice.id(), Draft.ALL, payload).signed(alice.author().pen()));
        expectSilence(bench, alice);
    }

    /** No ERROR comes, and the link serves on. */
    private static void expectSilence(Bench bench, UserSession session)
            throws Unmet, InterruptedException {
        UserSession bob = bench.user(Role.BOB);
        Frame _ = bench.talk(session, bob);
        session.ear().expectNone("no ERROR in answer", Frame.ofType("ERROR"));
    }

    private static void serverNotAnswered(Bench bench) throws Unmet, InterruptedException {
        PeerSession guest = joined(bench);
        for (String code : CODES) {
            guest.send(guest.author().error(bench.serverId(), code));
        }
        guest.send(guest.author().ack(bench.serverId()));
        guest.send(guest.author().error(bench.serverId(), "UNKNOWN_TYPE").withSig("AAAA"));
        UserSession alice = bench.user(Role.ALICE);
        Author user = bench.author(Role.BOB);
        guest.send(guest.author().advertise(user));
        Frame _ =
                alice.ear()
                        .expect(
                                "USER_ADVERTISE behind it",
                                Frame.ofType("USER_ADVERTISE", "user_id", user.id()));
        guest.ear().expectNone("no ERROR in answer", Frame.ofType("ERROR"));
    }

    private static PeerSession joined(Bench bench) throws Unmet, InterruptedException {
        String _ = bench.serverId();
        PeerSession guest = bench.guest();
        guest.send(guest.peer().join());
        Frame _ = guest.ear().expect("SERVER_WELCOME", Frame.ofType("SERVER_WELCOME"));
        return guest;
    }

    private static void noStorm(Bench bench) throws Unmet, InterruptedException {
        PeerSession guest = joined(bench);
        ServerAuthor author = guest.author();
        String server = bench.serverId();
        AtomicInteger errors = new AtomicInteger();
        guest.peer()
                .inbox()
                .onFrame(frame -> {
                    if (frame.is("ERROR") && errors.incrementAndGet() <= 1_000) {
                        guest.peer().link().send(author.error(server, "UNKNOWN_TYPE").text());
                    }
                });
        Draft nowhere = bench.author(Role.BOB).direct(bench.author(Role.CAROL), "nobody");

        guest.send(author.deliver(server, nowhere));
        guest.send(author.heartbeat(server).withType("TELEPATHY"));
        guest.send(author.error(server, "UNKNOWN_TYPE"));

        boolean isStorm =
                guest.ear().hears(_ -> errors.get() > STORM_ERRORS, bench.times().quiet());
        if (isStorm || errors.get() > STORM_ERRORS) {
            throw guest.ear().unmet("no ERROR in answer to ERRORs", guest.ear().heard());
        }
    }
}
