package io.socp.relay.client.conformance;

import io.socp.relay.envelope.JsonValue.JsonObject;
import java.util.List;

/** SOCP §9.1: how a user comes in. */
final class HelloClauses {

    private static final String SECTION = "§9.1";

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "hello.signed",
                            SECTION,
                            "A signed hello is accepted",
                            bench -> accepted(bench, bench.author(Role.ALICE).hello())),
                    Clause.of(
                            "hello.unsigned",
                            SECTION,
                            "A hello with an empty sig is accepted",
                            bench -> accepted(bench, bench.author(Role.ALICE).hello().withSig(""))),
                    Clause.of(
                            "hello.sig-absent",
                            "§7",
                            "A hello without the field sig is accepted",
                            HelloClauses::withoutSig),
                    Clause.of(
                            "hello.to-server",
                            SECTION,
                            "A hello to the server's id is accepted",
                            bench ->
                                    accepted(
                                            bench,
                                            bench.author(Role.ALICE)
                                                    .hello()
                                                    .withTo(bench.serverId()))),
                    Clause.of(
                            "hello.to-name",
                            SECTION,
                            "A hello to a name, as in the standard's examples, is accepted",
                            bench ->
                                    accepted(
                                            bench,
                                            bench.author(Role.ALICE).hello().withTo("server_1"))),
                    Clause.of(
                            "hello.two-keys",
                            SECTION,
                            "A hello with a second key for encryption is accepted",
                            HelloClauses::twoKeys),
                    Clause.of(
                            "hello.wrong-sig",
                            "§9.5",
                            "A hello whose sig does not hold is refused with INVALID_SIG",
                            HelloClauses::wrongSig),
                    Clause.of(
                            "hello.no-pubkey",
                            SECTION,
                            "A hello without pubkey is refused with an ERROR",
                            HelloClauses::noPubkey),
                    Clause.of(
                            "hello.name-in-use",
                            SECTION,
                            "A second hello under an id that is online is refused: NAME_IN_USE",
                            HelloClauses::nameInUse),
                    Clause.of(
                            "hello.name-in-use-elsewhere",
                            "§5.1",
                            "A hello under an id that is online on another server is refused",
                            HelloClauses::nameInUseElsewhere),
                    Clause.of(
                            "hello.first-lives",
                            SECTION,
                            "The session that was first keeps its id and its messages",
                            HelloClauses::firstLives),
                    Clause.of(
                            "hello.again",
                            SECTION,
                            "Who has left may come back under the same id",
                            HelloClauses::again));

    private HelloClauses() {}

    /** Someone else's message shows that the user is online. */
    private static void accepted(Bench bench, Draft hello) throws Unmet, InterruptedException {
        UserSession bob = bench.user(Role.BOB);
        Author alice = bench.author(Role.ALICE).withId(hello.from());
        Frame _ = bench.talk(bob, bench.user(alice, hello));
    }

    private static void withoutSig(Bench bench) throws Unmet, InterruptedException {
        UserSession bob = bench.user(Role.BOB);
        UserSession alice = bench.stranger(bench.author(Role.ALICE));
        alice.send(alice.author().hello().without("sig"));
        bench.settle(alice);
        Frame _ = bench.talk(bob, alice);
    }

    private static void twoKeys(Bench bench) throws Unmet, InterruptedException {
        Author alice = bench.author(Role.ALICE);
        Author other = bench.author(Role.CAROL);
        Draft hello = alice.hello().withMember("enc_pubkey", other.keyText()).signed(alice.pen());
        UserSession session = bench.user(alice, hello);
        UserSession bob = bench.user(Role.BOB);
        Frame _ = bench.talk(session, bob);
        Frame _ = bench.talk(bob, session);
    }

    private static void wrongSig(Bench bench) throws Unmet, InterruptedException {
        Author alice = bench.author(Role.ALICE);
        UserSession session = bench.stranger(alice);
        UserSession bob = bench.user(Role.BOB);

        session.send(alice.hello().signed(bench.author(Role.MALLORY).pen()));

        Frame _ = session.ear().expectError("INVALID_SIG");
        bench.isNowhere(bob, alice);
    }

    private static void noPubkey(Bench bench) throws Unmet, InterruptedException {
        Author alice = bench.author(Role.ALICE);
        UserSession session = bench.stranger(alice);
        JsonObject payload = JsonObject.builder().put("client", "conformance-v1").build();

        session.send(Draft.of("USER_HELLO", alice.id(), Draft.ALL, payload).signed(alice.pen()));

        Frame _ = session.ear().expectAnyError();
    }

    private static void nameInUse(Bench bench) throws Unmet, InterruptedException {
        UserSession first = bench.user(Role.ALICE);
        UserSession second = bench.stranger(first.author());
        second.send(second.author().hello());
        Frame _ = second.ear().expectError("NAME_IN_USE");
    }

    private static void nameInUseElsewhere(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        Author remote = bench.remote(bench.peer(), Role.BOB, alice);
        UserSession second = bench.stranger(remote);
        second.send(remote.hello());
        Frame _ = second.ear().expectError("NAME_IN_USE");
    }

    private static void firstLives(Bench bench) throws Unmet, InterruptedException {
        UserSession bob = bench.user(Role.BOB);
        UserSession first = bench.user(Role.ALICE);
        UserSession second = bench.stranger(first.author());

        second.send(second.author().hello());
        boolean _ = second.ear().hears(Frame.ofType("ERROR"), bench.times().quiet());

        Frame delivered = bench.talk(bob, first);
        if (second.ear().hears(Frame.ofType(delivered.type()), bench.times().quiet())) {
            throw second.ear().unmet("no message for the second", second.ear().heard());
        }
    }

    private static void again(Bench bench) throws Unmet, InterruptedException {
        UserSession bob = bench.user(Role.BOB);
        UserSession first = bench.user(Role.ALICE);
        first.link().close(WireLink.NORMAL);
        boolean _ =
                bob.ear()
                        .hears(
                                Frame.ofType("USER_REMOVE", "user_id", first.id()),
                                bench.times().quiet().multipliedBy(2));
        Author alice = first.author();
        Frame _ = bench.talk(bob, bench.user(alice, alice.hello()));
    }
}
