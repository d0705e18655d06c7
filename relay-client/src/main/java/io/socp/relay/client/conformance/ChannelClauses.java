package io.socp.relay.client.conformance;

import io.socp.relay.crypto.RsaPublicKey;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** SOCP §9.3: who is in the public channel, and its keys. */
final class ChannelClauses {

    private static final String SECTION = "§9.3";
    private static final String ADD = "PUBLIC_CHANNEL_ADD";
    private static final String UPDATED = "PUBLIC_CHANNEL_UPDATED";
    private static final String SHARE = "PUBLIC_CHANNEL_KEY_SHARE";

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "channel.add",
                            SECTION,
                            "PUBLIC_CHANNEL_ADD names one who joins to the members",
                            bench -> added(bench)),
                    Clause.of(
                            "channel.add-fields",
                            SECTION,
                            "PUBLIC_CHANNEL_ADD has an array add and an integer if_version",
                            ChannelClauses::addFields),
                    Clause.of(
                            "channel.updated",
                            SECTION,
                            "PUBLIC_CHANNEL_UPDATED follows when someone joins",
                            bench -> updated(bench)),
                    Clause.of(
                            "channel.updated-fields",
                            SECTION,
                            "PUBLIC_CHANNEL_UPDATED has an integer version and an array wraps",
                            ChannelClauses::updatedFields),
                    Clause.of(
                            "channel.version-grows",
                            SECTION,
                            "version grows with every change",
                            ChannelClauses::versionGrows),
                    Clause.of(
                            "channel.sig",
                            "§12",
                            "PUBLIC_CHANNEL_ADD and _UPDATED are signed by the server",
                            ChannelClauses::sig),
                    Clause.of(
                            "channel.to-servers",
                            SECTION,
                            "Other servers are told of one who joins as well",
                            ChannelClauses::toServers),
                    Clause.of(
                            "channel.ts-zero",
                            SECTION,
                            "The standard's own examples, with ts 0, are accepted from a server",
                            ChannelClauses::tsZero),
                    Clause.of(
                            "channel.share-local",
                            SECTION,
                            "A user's PUBLIC_CHANNEL_KEY_SHARE reaches the member it is for",
                            bench -> shareLocal(bench, true)),
                    Clause.of(
                            "channel.share-empty-sig",
                            SECTION,
                            "So it does with an empty sig, as in the standard's example",
                            bench -> shareLocal(bench, false)),
                    Clause.of(
                            "channel.share-to-server",
                            SECTION,
                            "A share for a member elsewhere is routed to the hosting server",
                            ChannelClauses::shareToServer),
                    Clause.of(
                            "channel.share-from-server",
                            SECTION,
                            "A share that comes from a server reaches the local member",
                            ChannelClauses::shareFromServer));

    private ChannelClauses() {}

    private static Frame added(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        return alice.ear().expect(ADD + " that names the newcomer", adds(bob.id()));
    }

    private static Predicate<Frame> adds(String user) {
        return frame -> frame.is(ADD) && contains(frame.payload().path("add"), user);
    }

    private static boolean contains(JsonNode array, String text) {
        return StreamSupport.stream(array.spliterator(), false)
                .anyMatch(element -> element.stringValue("").equals(text));
    }

    private static Frame updated(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession _ = bench.user(Role.BOB);
        return alice.ear().expect(UPDATED, Frame.ofType(UPDATED));
    }

    private static void addFields(Bench bench) throws Unmet, InterruptedException {
        Frame add = added(bench);
        if (!add.payload().path("if_version").isIntegralNumber()) {
            throw unmet("if_version as an integer", add);
        }
    }

    private static void updatedFields(Bench bench) throws Unmet, InterruptedException {
        Frame updated = updated(bench);
        JsonNode wraps = updated.payload().path("wraps");
        boolean hasWraps =
                wraps.isArray()
                        && StreamSupport.stream(wraps.spliterator(), false)
                                .allMatch(ChannelClauses::isWrap);
        if (!updated.payload().path("version").isIntegralNumber() || !hasWraps) {
            throw unmet("an integer version, wraps of member_id and wrapped_key", updated);
        }
    }

    private static boolean isWrap(JsonNode wrap) {
        return wrap.path("member_id").isString() && wrap.path("wrapped_key").isString();
    }

    private static void versionGrows(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession _ = bench.user(Role.BOB);
        long before = version(alice.ear().expect(UPDATED, Frame.ofType(UPDATED)));

        UserSession _ = bench.user(Role.CAROL);

        Frame _ =
                alice.ear()
                        .expect(
                                UPDATED + " with a version above " + before,
                                frame -> frame.is(UPDATED) && version(frame) > before);
    }

    private static long version(Frame updated) {
        return updated.payload().path("version").longValue(-1);
    }

    private static void sig(Bench bench) throws Unmet, InterruptedException {
        RsaPublicKey key = bench.serverKey();
        String server = bench.serverId();
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Frame add = alice.ear().expect(ADD, adds(bob.id()));
        Frame updated = alice.ear().expect(UPDATED, f -> f.is(UPDATED) && f.from().equals(server));
        for (Frame frame : List.of(add, updated)) {
            if (!frame.isSignedBy(key)) {
                throw unmet("a sig by the server's key", frame);
            }
        }
    }

    private static void toServers(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Frame _ = peer.ear().expect(ADD + " to servers", adds(alice.id()));
    }

    private static void tsZero(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author remote = bench.remote(peer, Role.BOB, alice);

        peer.send(peer.author().channelAdd(remote.id()));
        peer.send(peer.author().channelUpdated(2));

        Draft direct = remote.direct(alice.author(), "the link lives");
        peer.send(peer.author().deliver(bench.serverId(), direct));
        Frame _ = alice.ear().expect("USER_DELIVER behind it", Bench.delivery(direct));
        peer.ear().expectNone("no ERROR", Frame.ofType("ERROR"));
    }

    private static void shareLocal(Bench bench, boolean isSigned)
            throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft share = alice.author().keyShare(List.of(bob.id()));
        alice.send(isSigned ? share : share.withSig(""));
        expectShare(bob.ear(), alice.author(), bob.id());
    }

    private static void shareToServer(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author remote = bench.remote(peer, Role.BOB, alice);
        alice.send(alice.author().keyShare(List.of(remote.id())));
        expectShare(peer.ear(), alice.author(), remote.id());
    }

    private static void shareFromServer(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        Author remote = bench.remote(peer, Role.BOB, alice);
        Draft share = remote.keyShare(List.of(alice.id()));
        peer.send(share.withFrom(peer.id()).signed(peer.author().pen()));
        expectShare(alice.ear(), remote, alice.id());
    }

    private static void expectShare(Ear ear, Author creator, String member)
            throws Unmet, InterruptedException {
        Frame share =
                ear.expect(
                        SHARE + " for " + member,
                        frame -> frame.is(SHARE) && isFor(member, creator, frame));
        if (!share.said("creator_pub").equals(creator.keyText())) {
            throw ear.unmet("creator_pub as it was sent", share);
        }
    }

    private static boolean isFor(String member, Author creator, Frame share) {
        return StreamSupport.stream(share.payload().path("shares").spliterator(), false)
                .anyMatch(entry ->
                        entry.path("member").stringValue("").equals(member)
                                && entry.path("wrapped_public_channel_key")
                                        .stringValue("")
                                        .equals(creator.wrapped(member)));
    }

    private static Unmet unmet(String expected, Frame came) {
        return Unmet.fail("USER_HELLO of a newcomer", expected, came.summary());
    }
}
