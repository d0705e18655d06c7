package io.socp.relay.client.conformance;

import io.socp.relay.envelope.JsonValue.JsonObject;
import java.util.List;
import java.util.function.Predicate;

/** SOCP §9.3: messages to everyone. */
final class PublicClauses {

    private static final String SECTION = "§9.3";
    private static final String TYPE = "MSG_PUBLIC_CHANNEL";

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "public.everyone",
                            SECTION,
                            "A public message reaches every other user, once",
                            PublicClauses::everyone),
                    Clause.of(
                            "public.unchanged",
                            SECTION,
                            "from, ts and payload stay the author's",
                            PublicClauses::unchanged),
                    Clause.of(
                            "public.empty-sig",
                            SECTION,
                            "An empty sig, as in the standard's example, is accepted",
                            PublicClauses::emptySig),
                    Clause.of(
                            "public.forged-from",
                            "§12",
                            "A public message in another user's name is refused",
                            PublicClauses::forgedFrom),
                    Clause.of(
                            "public.wrong-sig",
                            "§9.5",
                            "A public message whose sig does not hold is refused: INVALID_SIG",
                            PublicClauses::wrongSig),
                    Clause.of(
                            "public.replay",
                            "§10",
                            "The same public message twice is delivered once",
                            PublicClauses::replay),
                    Clause.of(
                            "public.to-server",
                            SECTION,
                            "A public message reaches the server of other members, unchanged",
                            PublicClauses::toServer),
                    Clause.of(
                            "public.from-server",
                            SECTION,
                            "A public message of a user elsewhere reaches local users, once",
                            bench -> fromServer(bench, true)),
                    Clause.of(
                            "public.from-server-plain",
                            SECTION,
                            "So it does when the user's USER_ADVERTISE had no key in meta",
                            bench -> fromServer(bench, false)));

    private PublicClauses() {}

    private static Predicate<Frame> copyOf(Draft message) {
        return Frame.carrying(TYPE, message);
    }

    private static void everyone(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        UserSession carol = bench.user(Role.CAROL);
        Draft message = alice.author().toEveryone("hello, all");

        alice.send(message);

        for (UserSession member : List.of(bob, carol)) {
            Frame _ = member.ear().expect(TYPE + " to everyone else", copyOf(message));
            member.ear().expectAtMost(1, "one copy", copyOf(message));
        }
    }

    private static void unchanged(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft message = alice.author().toEveryone("as it is");
        alice.send(message);
        expectSame(message, bob.ear());
    }

    private static void expectSame(Draft message, Ear ear) throws Unmet, InterruptedException {
        Frame came = ear.expect(TYPE, copyOf(message));
        if (!came.from().equals(message.from())
                || came.ts() != message.ts()
                || !came.payload().equals(message.frame().payload())) {
            throw ear.unmet("from, ts and payload as they were sent", came);
        }
    }

    private static void emptySig(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft message = alice.author().toEveryone("without a link signature").withSig("");
        alice.send(message);
        Frame _ = bob.ear().expect(TYPE, copyOf(message));
    }

    private static void forgedFrom(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        UserSession mallory = bench.user(Role.MALLORY);
        Draft forged = mallory.author().withId(alice.id()).toEveryone("yours, Alice");

        mallory.send(forged);

        Frame _ = mallory.ear().expectAnyError();
        bench.expectNoneAfter(alice, bob, "no forged message", copyOf(forged));
    }

    private static void wrongSig(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft message = alice.author().toEveryone("badly signed");

        alice.send(message.signed(bench.author(Role.MALLORY).pen()));

        Frame _ = alice.ear().expectError("INVALID_SIG");
        bench.expectNoneAfter(alice, bob, "no such message", copyOf(message));
    }

    private static void replay(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft message = alice.author().toEveryone("once");
        alice.send(message);
        Frame _ = bob.ear().expect(TYPE, copyOf(message));

        alice.send(message);

        Frame _ = bench.talk(alice, bob);
        bob.ear().expectAtMost(1, "one copy", copyOf(message));
    }

    private static void toServer(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author _ = bench.remote(peer, Role.BOB, alice);
        Draft message = alice.author().toEveryone("to every server");
        alice.send(message);
        expectSame(message, peer.ear());
    }

    private static void fromServer(Bench bench, boolean isKeyShown)
            throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author remote;
        if (isKeyShown) {
            remote = bench.remote(peer, Role.BOB, alice);
        } else {
            remote = bench.author(Role.BOB);
            peer.send(peer.author().advertise(remote.id(), JsonObject.EMPTY));
        }
        Draft message = remote.toEveryone("from elsewhere");

        peer.send(message);

        expectSame(message, alice.ear());
        alice.ear().expectAtMost(1, "one copy", copyOf(message));
    }
}
