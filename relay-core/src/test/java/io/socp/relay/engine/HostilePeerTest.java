package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice on relay A and Bob on B, linked; and C, a peer of A that the test plays. */
class HostilePeerTest {

    private static final Duration A_MOMENT = Duration.ofMillis(500);

    private final SimulatedMesh mesh = new SimulatedMesh(43);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;
    private SimulatedRelay b;
    private ScriptedEnd c;

    @BeforeEach
    void linkTwoRelaysAndOnePlayedPeer() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.PINNED);
        a = relays.get(0);
        b = relays.get(1);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(b);
        c = mesh.dial(a);
        c.send(Envelopes.serverAnnounce(C).build());
        settle();
    }

    @Test
    void shouldCutPeerThatClaimsTheUsersOfOthers() {
        Envelope claims = batch(List.of(ALICE, BOB), List.of());
        flood(claims, tolerated(Offence.CLAIMS_FOREIGN_USER));
        assertNotCut();

        flood(claims, 100);

        assertCut(Offence.CLAIMS_FOREIGN_USER);
        assertThat(warnings("claims user " + ALICE.id())).hasSize(1);
    }

    @Test
    void shouldCutPeerThatClaimsTheUsersOfAnotherPeer() {
        flood(batch(List.of(BOB), List.of()), tolerated(Offence.CLAIMS_FOREIGN_USER) + 100);

        assertCut(Offence.CLAIMS_FOREIGN_USER);
    }

    @Test
    void shouldCutPeerThatRemovesTheUsersOfOthers() {
        flood(batch(List.of(), List.of(BOB)), tolerated(Offence.REMOVES_FOREIGN_USER) + 100);

        assertCut(Offence.REMOVES_FOREIGN_USER);
        assertThat(warnings("removes user " + BOB.id())).hasSize(1);
    }

    @Test
    void shouldCutPeerThatForgesServerId() {
        Envelope forged = Envelopes.remove(C, BOB).with("server_id", B.id().value()).build();
        flood(forged, tolerated(Offence.FORGES_SERVER_ID));
        assertNotCut();

        flood(forged, 100);

        assertCut(Offence.FORGES_SERVER_ID);
    }

    @Test
    void shouldCutPeerThatSpeaksForItsUsersWithoutTheirSignature() {
        c.send(Envelopes.advertise(C, CAROL).build());
        Envelope forged =
                Envelopes.msgPublic(CAROL)
                        .ts(mesh.now().epochMs())
                        .unsigned()
                        .contentSig(null)
                        .build();

        flood(forged, tolerated(Offence.PASSES_ON_FORGERY) + 1);

        assertCut(Offence.PASSES_ON_FORGERY);
    }

    @Test
    void shouldNeverCutPeerForWhatItMayHaveVerifiedUnderAnotherKeyThanOurs() {
        long now = mesh.now().epochMs();
        // What hostile B may have each of its peers pass on to the others.
        Envelope ofUser = Envelopes.msgPublic(BOB).ts(now).unsigned().contentSig(null).build();
        Envelope ofServer =
                Envelopes.serverDeliver(B, BOB, CAROL).ts(now).signedBy(TestKeys.MALLORY).build();
        Envelope ofOthersUser = Envelopes.serverDeliver(B, ALICE, CAROL).ts(now).build();
        Envelope ofAnotherKey =
                Envelopes.serverAnnounce(B)
                        .with("pubkey", MALLORY.key().text())
                        .signedBy(TestKeys.MALLORY)
                        .build();

        flood(ofUser, Conduct.PATIENCE / 5 + 1);
        flood(ofServer, Conduct.PATIENCE / 50 + 1);
        flood(ofOthersUser, tolerated(Offence.FORGES_SERVER_ID) + 1);
        flood(ofAnotherKey, Conduct.PATIENCE / 50 + 1);

        assertNotCut();
        assertThat(a.engine().conduct().offenders()).isZero();
    }

    @Test
    void shouldNotLetPeerSpeakForTheUsersOfAnother() {
        c.send(
                Envelopes.serverDeliver(B, BOB, ALICE)
                        .ts(mesh.now().epochMs())
                        .signedBy(C.keys())
                        .build());
        settle();

        assertThat(alice.received("USER_DELIVER")).isEmpty();
        assertNotCut();
    }

    @Test
    void shouldCutPeerThatInsistsOnAnotherKey() {
        Envelope greeting =
                Envelopes.serverAnnounce(C)
                        .with("pubkey", MALLORY.key().text())
                        .signedBy(TestKeys.MALLORY)
                        .build();
        flood(greeting, 1);
        assertNotCut();

        flood(greeting, 1);

        assertCut(Offence.CHANGES_PINNED_KEY);
        assertThat(a.engine().peers().keyOf(C.id())).isEqualTo(C.key());
    }

    @Test
    void shouldCutPeerThatFloodsWithWrongSignatures() {
        flood(
                Envelopes.heartbeat(C).signedBy(TestKeys.MALLORY).build(),
                tolerated(Offence.WRONG_SIGNATURE) + 1);

        assertCut(Offence.WRONG_SIGNATURE);
    }

    @Test
    void shouldCutPeerThatReplaysMessage() {
        Envelope message =
                Envelopes.serverDeliver(C, CAROL, ALICE).ts(mesh.now().epochMs()).build();

        // One, a copy that any server may send, and copies of that.
        flood(message, 2 + tolerated(Offence.REPLAYS_MESSAGE) + 1);

        assertCut(Offence.REPLAYS_MESSAGE);
        assertThat(alice.received("USER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldCutPeerThatReplaysItsAnnouncements() {
        Envelope advertise = Envelopes.advertise(C, CAROL).ts(mesh.now().epochMs()).build();

        flood(advertise, 1 + tolerated(Offence.REPEATS_PRESENCE) + 1);

        assertCut(Offence.REPEATS_PRESENCE);
        assertThat(a.engine().users().find(CAROL.id())).isNull();
    }

    @Test
    void shouldCutPeerThatFloodsWithWhatNobodyKnows() {
        flood(
                new EnvelopeBuilder("GOSSIP_OF_SOME_KIND").from(C.id()).build(),
                tolerated(Offence.UNKNOWN_TYPE) + 1);

        assertCut(Offence.UNKNOWN_TYPE);
        assertThat(c.errors()).isEmpty();
    }

    @Test
    void shouldCutPeerThatFloodsWithMalformedFrames() {
        flood(
                Envelopes.remove(C, BOB).without("user_id").build(),
                tolerated(Offence.MALFORMED) + 1);

        assertCut(Offence.MALFORMED);
    }

    @Test
    void shouldTakeNoMoreUsersOfOnePeerThanTheBoundAndCutIt() {
        // Nobody listens, so that nobody has to be told of each in turn.
        alice.link().close();
        bob.link().close();
        settle();

        for (int i = 0; i < 1_000 && !c.isClosed(); i++) {
            c.send(batch(strangers(100 * i, 100), List.of()));
            mesh.run(Duration.ofMillis(20));
            assertThat(a.engine().users().size()).isLessThanOrEqualTo(20_000);
        }
        settle();

        assertThat(c.isClosed()).isTrue();
        assertThat(a.engine().conduct().count(Offence.TOO_MANY_USERS)).isBetween(10_001L, 11_000L);
        assertThat(a.engine().users().size()).isZero();
    }

    @Test
    void shouldTryToReachFewOfTheServersThatOnePeerNamesAndCutIt() {
        int before = a.dials();

        c.send(naming(0, 200)).send(naming(200, 56));
        flood(naming(256, 1), tolerated(Offence.TOO_MANY_SERVERS) + 100);
        int whenCut = a.dials();
        mesh.run(Duration.ofSeconds(30));

        assertCut(Offence.TOO_MANY_SERVERS);
        assertThat(whenCut - before).isLessThanOrEqualTo(256);
        assertThat(a.dials()).isEqualTo(whenCut);
    }

    @Test
    void shouldKeepPeerToWhomAllUsersOfAnotherMoveAtOnce() {
        List<Person> all = strangers(0, 10_000);
        c.close();
        ScriptedEnd hanging = mesh.dial(a).send(Envelopes.serverAnnounce(MALLORY).build());
        settle();
        alice.link().close();
        bob.link().close();
        for (int i = 0; i < all.size(); i += 100) {
            hanging.send(
                    Envelopes.presenceBatch(MALLORY, all.subList(i, i + 100), List.of()).build());
        }
        settle();

        c = mesh.dial(a).send(Envelopes.serverAnnounce(C).build());
        settle();
        for (int i = 0; i < all.size(); i += 100) {
            c.send(batch(all.subList(i, i + 100), List.of()));
        }
        settle();

        assertNotCut();
        assertThat(a.engine().conduct().count(Offence.CLAIMS_FOREIGN_USER)).isEqualTo(100);
    }

    @Test
    void shouldRefuseCutPeerForAWhileAndThenTakeItBack() {
        cut();

        ScriptedEnd soon = mesh.dial(a).send(Envelopes.serverHelloJoin(C).build());
        settle();
        assertThat(soon.errors()).containsExactly("NAME_IN_USE");
        assertThat(soon.isClosed()).isTrue();
        assertThat(a.engine().peers().linkTo(C.id())).isNull();

        mesh.run(Conduct.REFUSAL_FIRST);
        mesh.dial(a).send(Envelopes.serverHelloJoin(C).build());
        settle();
        assertThat(a.engine().peers().linkTo(C.id())).isNotNull();
    }

    @Test
    void shouldNotDialCutPeerBeforeItMayComeBack() {
        SimulatedRelay hostile = mesh.relay(C);
        cut();
        hostile.start(List.of());

        mesh.run(Conduct.REFUSAL_FIRST.minusSeconds(5));
        assertThat(a.linksTo(C)).isZero();

        mesh.run(Duration.ofSeconds(30));
        assertThat(a.linksTo(C)).isEqualTo(1);
    }

    @Test
    void shouldNotCutServerForWhatAnotherDoesInItsName() {
        ScriptedEnd first = mesh.dial(a).send(Envelopes.serverAnnounce(MALLORY).unsigned().build());
        settle();
        first.send(Envelopes.heartbeat(MALLORY).build());
        settle();
        ScriptedEnd impostor =
                mesh.dial(a).send(Envelopes.serverAnnounce(MALLORY).unsigned().build());
        settle();

        for (int i = 0; i < 3_000; i++) {
            impostor.send(Envelopes.heartbeat(MALLORY).unsigned().build());
        }
        settle();

        assertThat(impostor.isClosed()).isTrue();
        assertThat(first.isClosed()).isFalse();
        assertThat(a.engine().peers().linkTo(MALLORY.id())).isNotNull();
    }

    @Test
    void shouldNeverCutServerThatIsHonestAndOdd() {
        Envelope ofB = Envelopes.advertise(B, BOB).build();
        Envelope rewritten = Envelopes.advertise(C, BOB).from(B.id()).build();
        Envelope claimed = Envelopes.advertise(C, BOB).ts(mesh.now().epochMs()).build();
        Envelope third = Envelopes.serverAnnounce(B).with("server_id", B.id().value()).build();
        Envelope odd = new EnvelopeBuilder("DB_REGISTER").from(C.id()).build();
        Envelope broken = Envelopes.serverAnnounce(C).without("host").build();
        Envelope resigned = Envelopes.channelKeyShare(B).signedBy(TestKeys.MALLORY).build();

        // All of another's users rewritten at once, as after its link came back.
        flood(rewritten, 2_000);
        flood(claimed, 2_000);
        for (int second = 0; second < 180; second++) {
            int heard = c.received().size();
            for (int i = 0; i < 5; i++) {
                c.send(ofB).send(rewritten).send(claimed).send(third);
                c.send(odd).send(broken).send(resigned);
            }
            alice.tellAll("all the same " + second);
            mesh.run(Duration.ofSeconds(1));
            c.received().subList(heard, c.received().size()).forEach(c::send);
        }
        settle();

        assertThat(c.isClosed()).isFalse();
        assertThat(a.engine().conduct().refusals()).isZero();
        assertThat(warnings(C.id().value()).size()).isLessThan(Offence.values().length);
    }

    /** What a peer may do at once and stay. */
    private static int tolerated(Offence offence) {
        return Conduct.PATIENCE / offence.weight();
    }

    private void cut() {
        Envelope greeting =
                Envelopes.serverAnnounce(C).with("pubkey", MALLORY.key().text()).unsigned().build();
        flood(greeting, 2);
        assertCut(Offence.CHANGES_PINNED_KEY);
    }

    private void flood(Envelope envelope, int times) {
        IntStream.range(0, times).forEach(_ -> c.send(envelope));
        settle();
    }

    private void assertNotCut() {
        assertThat(c.isClosed()).isFalse();
        assertThat(a.engine().peers().linkTo(C.id())).isNotNull();
    }

    /** For this offence; and everybody else goes on as if nothing had been. */
    private void assertCut(Offence offence) {
        assertThat(c.isClosed()).isTrue();
        assertThat(a.engine().peers().linkTo(C.id())).isNull();
        assertThat(warnings("is cut off")).hasSize(1).first().asString().endsWith(offence.name());
        assertThat(a.engine().conduct().refusals()).isEqualTo(1);
        assertThat(a.engine().users().locate(ALICE.id())).isInstanceOf(UserLocation.Local.class);
        int before = bob.received("USER_DELIVER").size();
        assertThat(alice.tell(BOB, "still there?")).isNotNull();
        settle();
        assertThat(bob.received("USER_DELIVER")).hasSize(before + 1);
        assertThat(b.engine().conduct().refusals()).isZero();
    }

    private List<String> warnings(String part) {
        return a.notices().stream()
                .filter(notice -> notice.startsWith("WARN ") && notice.contains(part))
                .toList();
    }

    private void settle() {
        mesh.run(A_MOMENT);
    }

    private Envelope batch(List<Person> added, List<Person> removed) {
        return Envelopes.presenceBatch(C, added, removed).build();
    }

    private static List<Person> strangers(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> new UserId("%08x-0000-4000-8000-0000000000ff".formatted(i)))
                .map(id -> new Person(id, TestKeys.CAROL))
                .toList();
    }

    private static Envelope naming(int first, int count) {
        return Envelopes.serverWelcome(C, A)
                .with("servers", new JsonArray(servers(first, count)))
                .build();
    }

    /** Rows of a welcome, each with another id, key and address. */
    private static List<JsonValue> servers(int first, int count) {
        List<JsonValue> rows = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            rows.add(
                    JsonObject.builder()
                            .put(
                                    "server_id",
                                    new ServerId("%08x-0000-4000-8000-00000000ffff".formatted(i))
                                            .value())
                            .put("host", "10.0.0.1")
                            .put("port", 1 + i)
                            .put("pubkey", TestKeys.madeUp(i))
                            .build());
        }
        return rows;
    }
}
