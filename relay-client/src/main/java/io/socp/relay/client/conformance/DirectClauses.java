package io.socp.relay.client.conformance;

import io.socp.relay.crypto.RsaPublicKey;
import java.util.List;

/** SOCP §9.2: direct messages between users of one server. */
final class DirectClauses {

    private static final String SECTION = "§9.2";
    private static final List<String> COPIED = List.of("ciphertext", "sender_pub", "content_sig");

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "direct.delivered",
                            SECTION,
                            "A direct message reaches its recipient as USER_DELIVER",
                            bench -> delivered(bench)),
                    Clause.of(
                            "direct.unchanged",
                            SECTION,
                            "ciphertext, sender_pub and content_sig are copied unchanged",
                            DirectClauses::unchanged),
                    Clause.of(
                            "direct.sender",
                            SECTION,
                            "sender in USER_DELIVER is the author's id",
                            DirectClauses::sender),
                    Clause.of(
                            "direct.from-to",
                            SECTION,
                            "USER_DELIVER is from the server's id to the recipient",
                            DirectClauses::fromTo),
                    Clause.of(
                            "direct.ts",
                            SECTION,
                            "USER_DELIVER keeps the author's ts, which content_sig covers",
                            DirectClauses::ts),
                    Clause.of(
                            "direct.sig",
                            "§12",
                            "USER_DELIVER is signed by the delivering server",
                            DirectClauses::sig),
                    Clause.of(
                            "direct.opaque",
                            SECTION,
                            "A ciphertext of any form is passed on, not looked into",
                            DirectClauses::opaque),
                    Clause.of(
                            "direct.only-recipient",
                            SECTION,
                            "Nobody but the recipient gets it",
                            DirectClauses::onlyRecipient),
                    Clause.of(
                            "direct.content-sig-only",
                            SECTION,
                            "The link signature is optional: content_sig alone is accepted",
                            DirectClauses::contentSigOnly),
                    Clause.of(
                            "direct.no-signature",
                            "§7",
                            "A message with neither sig nor content_sig is refused",
                            DirectClauses::noSignature),
                    Clause.of(
                            "direct.user-not-found",
                            "§10",
                            "A message to nobody is answered with USER_NOT_FOUND",
                            DirectClauses::userNotFound),
                    Clause.of(
                            "direct.forged-from",
                            "§12",
                            "A message in another user's name is refused",
                            DirectClauses::forgedFrom),
                    Clause.of(
                            "direct.wrong-sig",
                            "§9.5",
                            "A message whose sig does not hold is refused with INVALID_SIG",
                            DirectClauses::wrongSig),
                    Clause.of(
                            "direct.altered",
                            "§9.5",
                            "A message altered after it was signed is refused with INVALID_SIG",
                            DirectClauses::altered),
                    Clause.of(
                            "direct.replay",
                            "§10",
                            "The same message twice is delivered once",
                            DirectClauses::replay));

    private DirectClauses() {}

    private record Delivered(Draft sent, Frame came, Ear ear) {}

    private static Delivered delivered(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "hello, Bob");
        return new Delivered(direct, bench.talk(alice, direct, bob), bob.ear());
    }

    private static void unchanged(Bench bench) throws Unmet, InterruptedException {
        Delivered message = delivered(bench);
        for (String field : COPIED) {
            if (!message.came().said(field).equals(message.sent().said(field))) {
                throw message.ear().unmet(field + " as it was sent", message.came());
            }
        }
    }

    private static void sender(Bench bench) throws Unmet, InterruptedException {
        Delivered message = delivered(bench);
        if (!message.came().said("sender").equals(message.sent().from())) {
            throw message.ear().unmet("sender " + message.sent().from(), message.came());
        }
    }

    private static void fromTo(Bench bench) throws Unmet, InterruptedException {
        String server = bench.serverId();
        Delivered message = delivered(bench);
        if (!message.came().from().equals(server)
                || !message.came().to().equals(message.sent().to())) {
            String expected = "from " + server + " to " + message.sent().to();
            throw message.ear().unmet(expected, message.came());
        }
    }

    private static void ts(Bench bench) throws Unmet, InterruptedException {
        Delivered message = delivered(bench);
        if (message.came().ts() != message.sent().ts()) {
            throw message.ear().unmet("ts " + message.sent().ts(), message.came());
        }
    }

    private static void sig(Bench bench) throws Unmet, InterruptedException {
        RsaPublicKey key = bench.serverKey();
        Delivered message = delivered(bench);
        if (!message.came().isSignedBy(key)) {
            throw message.ear().unmet("a sig by the server's key", message.came());
        }
    }

    private static void opaque(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct =
                alice.author()
                        .direct(bob.author(), "")
                        .withMember("ciphertext", "bm8-T0FFUC1ibG9ja19hdF9hbGw");
        Frame _ = bench.talk(alice, direct.signed(alice.author().pen()), bob);
    }

    private static void onlyRecipient(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        UserSession carol = bench.user(Role.CAROL);
        Draft direct = alice.author().direct(bob.author(), "for Bob alone");
        Frame _ = bench.talk(alice, direct, bob);
        bench.expectNoneAfter(alice, carol, "nothing for Bob", Bench.delivery(direct));
    }

    private static void contentSigOnly(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Frame _ = bench.talk(alice, alice.author().direct(bob.author(), "bare").withSig(""), bob);
    }

    private static void noSignature(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "whoever").withMember("content_sig", "");

        alice.send(direct.withSig(""));

        Frame _ = alice.ear().expectAnyError();
        bench.expectNoneAfter(alice, bob, "no delivery", Bench.delivery(direct));
    }

    private static void userNotFound(Bench bench) throws Unmet, InterruptedException {
        bench.isNowhere(bench.user(Role.ALICE), bench.author(Role.BOB));
    }

    private static void forgedFrom(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        UserSession mallory = bench.user(Role.MALLORY);
        Draft forged = mallory.author().withId(alice.id()).direct(bob.author(), "yours, Alice");

        mallory.send(forged);

        Frame _ = mallory.ear().expectAnyError();
        bench.expectNoneAfter(alice, bob, "no forged message", Bench.delivery(forged));
    }

    private static void wrongSig(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "badly signed");

        alice.send(direct.signed(bench.author(Role.MALLORY).pen()));

        Frame _ = alice.ear().expectError("INVALID_SIG");
        bench.expectNoneAfter(alice, bob, "no delivery", Bench.delivery(direct));
    }

    private static void altered(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft altered =
                alice.author()
                        .direct(bob.author(), "altered")
                        .withMember("ciphertext", "YW5vdGhlciBjaXBoZXJ0ZXh0");

        alice.send(altered);

        Frame _ = alice.ear().expectError("INVALID_SIG");
        bench.expectNoneAfter(alice, bob, "no delivery", Bench.delivery(altered));
    }

    private static void replay(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "once");
        Frame _ = bench.talk(alice, direct, bob);

        alice.send(direct);

        Frame _ = bench.talk(alice, bob);
        bob.ear().expectAtMost(1, "one USER_DELIVER", Bench.delivery(direct));
    }
}
