package io.socp.relay.client.conformance;

import io.socp.relay.client.conformance.WireLink.Closing;
import java.util.List;
import java.util.stream.IntStream;

/** SOCP §6: WebSocket, one object a message, the first frame, the last one. */
final class TransportClauses {

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "transport.one-port",
                            "§6",
                            "One port takes users and servers",
                            TransportClauses::onePort),
                    Clause.of(
                            "transport.several-per-link",
                            "§6",
                            "Several messages on one link are read one by one, in order",
                            TransportClauses::severalPerLink),
                    Clause.of(
                            "transport.fragments",
                            "§6",
                            "A message in WebSocket fragments (RFC 6455) is one message",
                            TransportClauses::fragments),
                    Clause.of(
                            "transport.ping",
                            "§6",
                            "A WebSocket ping (RFC 6455) is answered",
                            TransportClauses::ping),
                    Clause.of(
                            "transport.trailing-space",
                            "§1",
                            "White space after the object is accepted",
                            TransportClauses::trailingSpace),
                    Clause.of(
                            "transport.identify-first",
                            "§6",
                            "Nobody is served before an identifying first message",
                            TransportClauses::identifyFirst),
                    Clause.of(
                            "transport.close-1000",
                            "§6",
                            "A close with code 1000 is answered with code 1000",
                            TransportClauses::closeNormally),
                    Clause.of(
                            "transport.ctrl-close",
                            "§6",
                            "A bare CTRL_CLOSE is accepted before the close",
                            TransportClauses::ctrlClose),
                    Clause.last(
                            "transport.text-frames",
                            "§6",
                            "The server sends WebSocket text messages",
                            TransportClauses::textFrames),
                    Clause.last(
                            "transport.one-object",
                            "§6",
                            "Each message of the server is one JSON object",
                            TransportClauses::oneObject));

    private TransportClauses() {}

    private static void onePort(Bench bench) throws Unmet, InterruptedException {
        UserSession _ = bench.user(Role.ALICE);
        PeerSession guest = bench.guest();
        guest.send(guest.peer().join());
        Frame _ = guest.ear().expect("SERVER_WELCOME", Frame.ofType("SERVER_WELCOME"));
    }

    private static void severalPerLink(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        List<Draft> texts =
                IntStream.range(0, 5)
                        .mapToObj(number -> alice.author().direct(bob.author(), "no. " + number))
                        .toList();

        alice.send(texts);

        List<Frame> came =
                bob.ear()
                        .expect(
                                "5 USER_DELIVER",
                                Frame.ofType("USER_DELIVER", "sender", alice.id()),
                                5);
        List<String> sentOrder = texts.stream().map(text -> text.said("ciphertext")).toList();
        if (!came.stream().map(frame -> frame.said("ciphertext")).toList().equals(sentOrder)) {
            throw bob.ear().unmet("the order in which they were sent", came);
        }
    }

    private static void fragments(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "in two");

        alice.transcript().sent(direct.text());
        alice.link().sendInTwo(direct.text());

        Frame _ = bob.ear().expect("USER_DELIVER", Bench.delivery(direct));
    }

    private static void ping(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        if (!alice.link().ping(bench.times().answer())) {
            throw Unmet.fail("a ping", "a pong", "nothing");
        }
    }

    private static void trailingSpace(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "and a line feed");

        alice.send(direct.text() + " \r\n");

        Frame _ = bob.ear().expect("USER_DELIVER", Bench.delivery(direct));
    }

    private static void identifyFirst(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        UserSession stranger = bench.stranger(bench.author(Role.MALLORY));
        Draft direct = stranger.author().direct(bob.author(), "without a hello");

        stranger.send(direct);

        boolean isRefused =
                stranger.ear().hears(Frame.ofType("ERROR"), bench.times().answer())
                        || stranger.link().awaitClosing(bench.times().quiet()) != null;
        bench.expectNoneAfter(alice, bob, "nothing from a stranger", Bench.delivery(direct));
        if (!isRefused) {
            throw stranger.ear().unmet("an ERROR or a close", stranger.ear().heard());
        }
    }

    private static void closeNormally(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        alice.link().close(WireLink.NORMAL);
        expectNormal(bench, alice, "close 1000");
    }

    private static void ctrlClose(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);

        alice.send("{\"type\":\"CTRL_CLOSE\"}");

        if (alice.link().isOpen()) {
            alice.link().close(WireLink.NORMAL);
        }
        expectNormal(bench, alice, "CTRL_CLOSE, close 1000");
        alice.ear().expectNone("no ERROR to a CTRL_CLOSE", Frame.ofType("ERROR"));
    }

    private static void expectNormal(Bench bench, UserSession session, String sent)
            throws Unmet, InterruptedException {
        Closing closing = session.link().awaitClosing(bench.times().answer());
        if (closing == null || closing.code() != WireLink.NORMAL) {
            throw Unmet.fail(sent, "a close frame with code 1000", String.valueOf(closing));
        }
    }

    private static void textFrames(Bench bench) throws Unmet, InterruptedException {
        Sifting.expectEvery(bench.everythingSoFar(), "a text message", Frame::isText);
    }

    private static void oneObject(Bench bench) throws Unmet, InterruptedException {
        Sifting.expectEvery(
                bench.everythingSoFar(), "one JSON object", frame -> frame.json().isObject());
    }
}
