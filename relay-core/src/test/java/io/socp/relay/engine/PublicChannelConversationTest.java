package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Crowd;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ForeignHellos;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Joining the public channel, and the keys its members share, on a mesh of two relays. */
class PublicChannelConversationTest {

    private static final Person DAVE =
            new Person(new UserId("dddddddd-0000-4000-8000-000000000004"), TestKeys.MALLORY);

    private final SimulatedMesh mesh = new SimulatedMesh(5);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private final SimulatedUser carol = mesh.user(CAROL);
    private final SimulatedUser dave = mesh.user(DAVE);
    private SimulatedRelay a;
    private SimulatedRelay b;

    @BeforeEach
    void formMesh() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.UNPINNED);
        a = relays.get(0);
        b = relays.get(1);
        mesh.run(Duration.ofSeconds(10));
    }

    @Test
    void shouldAnnounceJoinWithItsVersionsToEveryoneAndThroughPeers() {
        bob.connectPlainly(b);
        settle();
        alice.connectPlainly(a);
        settle();

        for (SimulatedUser reader : List.of(alice, bob)) {
            Envelope add = reader.last("PUBLIC_CHANNEL_ADD");
            Envelope updated = reader.last("PUBLIC_CHANNEL_UPDATED");
            assertThat(field(add, "add")).isEqualTo(ids(ALICE));
            assertThat(field(add, "if_version")).isEqualTo(JsonNumber.of(1));
            assertThat(field(updated, "version")).isEqualTo(JsonNumber.of(2));
            assertThat(field(updated, "wraps")).isEqualTo(new JsonArray(List.of()));
            assertSignedBy(add, A);
            assertSignedBy(updated, A);
        }
    }

    @Test
    void shouldAnnounceThoseWhoJoinTogetherOnce() {
        bob.connectPlainly(a);
        settle();
        int before = bob.received("PUBLIC_CHANNEL_ADD").size();

        alice.connect(a);
        carol.connect(a);
        settle();

        assertThat(bob.received("PUBLIC_CHANNEL_ADD")).hasSize(before + 1);
        assertThat(members(bob.last("PUBLIC_CHANNEL_ADD")))
                .containsExactlyInAnyOrder(ALICE.id().value(), CAROL.id().value());
        assertThat(version(bob)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"1000, 1", "1001, 2"})
    void shouldSplitRushOfNewcomersIntoFramesOfThousand(int newcomers, int frames) {
        bob.connectPlainly(b);
        settle();
        int before = bob.received("PUBLIC_CHANNEL_ADD").size();

        JsonObject asks = JsonObject.builder().put("presence", "ask").build();
        for (int i = 0; i < newcomers; i++) {
            var id = new UserId(String.format("%08x-0000-4000-9000-000000000000", i));
            mesh.dial(b)
                    .send(
                            Envelopes.userHello(new Person(id, TestKeys.CAROL))
                                    .with("ext", asks)
                                    .ts(mesh.now().epochMs())
                                    .unsigned()
                                    .build());
        }
        settle();
        settle();

        List<Envelope> adds = bob.received("PUBLIC_CHANNEL_ADD");
        List<Envelope> news = adds.subList(before, adds.size());
        assertThat(news.stream().mapToInt(e -> members(e).size()).sum()).isEqualTo(newcomers);
        assertThat(news).hasSizeBetween(frames, frames + 1);
        assertThat(news).allSatisfy(e -> assertThat(members(e)).hasSizeLessThanOrEqualTo(1_000));
        assertThat(version(bob)).isEqualTo(adds.size());
    }

    @Test
    void shouldGatherThoseWhoKeepComingAndForgetNobody() {
        alice.connectPlainly(a);
        bob.connectPlainly(b);
        settle();
        int before = bob.received("PUBLIC_CHANNEL_ADD").size();
        List<Person> crowd = Crowd.of(200);

        for (Person person : crowd) {
            mesh.user(person).connect(a);
            mesh.run(Duration.ofMillis(50));
        }
        settle();
        settle();

        // 10 s of newcomers: a handful of frames as it begins, then one a second.
        List<Envelope> adds = bob.received("PUBLIC_CHANNEL_ADD");
        List<Envelope> news = adds.subList(before, adds.size());
        assertThat(news).hasSizeBetween(8, 15);
        assertThat(news.stream().flatMap(e -> members(e).stream()).toList())
                .containsExactlyInAnyOrderElementsOf(
                        crowd.stream().map(person -> person.id().value()).toList());
        assertThat(version(alice)).isEqualTo(version(bob)).isEqualTo(1 + news.size());
    }

    @Test
    void shouldTellWhoComesInTheRushOfHimselfAndOfTheVersionWithinSecond() {
        for (Person person : Crowd.of(100)) {
            mesh.user(person).connect(a);
            mesh.run(Duration.ofMillis(50));
        }

        alice.connectPlainly(a);
        mesh.run(ChannelKeeper.PAUSE_MAX.plus(Duration.ofMillis(300)));

        assertThat(members(alice.last("PUBLIC_CHANNEL_ADD"))).contains(ALICE.id().value());
        assertThat(version(alice)).isGreaterThan(1);
    }

    @Test
    void shouldAnnounceAtOnceAgainWhenTheRushIsOver() {
        bob.connectPlainly(b);
        for (Person person : Crowd.of(100)) {
            mesh.user(person).connect(a);
            mesh.run(Duration.ofMillis(50));
        }
        mesh.run(ChannelKeeper.PAUSE_MAX.multipliedBy(3));

        alice.connect(a);
        settle();

        assertThat(members(bob.last("PUBLIC_CHANNEL_ADD"))).containsExactly(ALICE.id().value());
    }

    @Test
    void shouldEndAtOneVersionWhenAllRelaysGrowForLong() {
        alice.connectPlainly(a);
        bob.connectPlainly(b);
        List<Person> crowd = Crowd.of(120);

        for (int i = 0; i < crowd.size(); i++) {
            mesh.user(crowd.get(i)).connect(i % 2 == 0 ? a : b);
            mesh.run(Duration.ofMillis(40));
        }
        mesh.run(Duration.ofSeconds(3));
        carol.connectPlainly(a);
        mesh.run(Duration.ofSeconds(3));

        assertThat(version(carol)).isEqualTo(version(alice)).isEqualTo(version(bob));
        for (SimulatedUser reader : List.of(alice, bob)) {
            assertThat(
                            reader.received("PUBLIC_CHANNEL_ADD").stream()
                                    .flatMap(e -> members(e).stream()))
                    .containsAll(crowd.stream().map(person -> person.id().value()).toList())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldAgreeOnVersionWhenTwoRelaysGrowAtOnce() {
        alice.connectPlainly(a);
        bob.connectPlainly(b);
        settle();
        assertThat(version(alice)).isEqualTo(version(bob)).isEqualTo(1);

        carol.connectPlainly(a);
        settle();

        assertThat(version(alice)).isEqualTo(version(bob)).isEqualTo(version(carol)).isEqualTo(2);
        assertThat(alice.last("PUBLIC_CHANNEL_ADD").from()).isEqualTo(A.id().value());
    }

    @Test
    void shouldTellOfLargerVersionAndOfNoOther() {
        alice.connectPlainly(a);
        settle();
        ScriptedEnd peer = peer();
        settle();

        peer.send(Envelopes.channelUpdated(MALLORY).with("version", 9).build());
        peer.send(Envelopes.channelUpdated(MALLORY).with("version", 9).ts(0).build());
        peer.send(Envelopes.channelUpdated(MALLORY).with("version", 4).build());
        settle();
        int told = alice.received("PUBLIC_CHANNEL_UPDATED").size();
        dave.connectPlainly(a);
        settle();

        assertThat(alice.received("PUBLIC_CHANNEL_UPDATED").subList(0, told))
                .extracting(e -> field(e, "version"))
                .containsExactly(JsonNumber.of(1), JsonNumber.of(9));
        assertThat(version(dave)).isEqualTo(10);
        assertThat(field(dave.last("PUBLIC_CHANNEL_ADD"), "if_version"))
                .isEqualTo(JsonNumber.of(9));
    }

    @Test
    void shouldKeepCountingWhenPeerClaimsImpossibleVersion() {
        alice.connectPlainly(a);
        settle();
        peer().send(Envelopes.channelUpdated(MALLORY).with("version", Long.MAX_VALUE).build());
        settle();

        bob.connectPlainly(a);
        settle();

        assertThat(version(alice)).isEqualTo(2);
    }

    @Test
    void shouldTellLatePeerHowTheChannelStands() {
        alice.connect(a);
        settle();
        carol.connect(a);
        settle();

        ScriptedEnd peer = peer();
        settle();

        Envelope state = peer.received("PUBLIC_CHANNEL_UPDATED").getLast();
        assertThat(field(state, "version")).isEqualTo(JsonNumber.of(2));
        assertThat(field(state, "wraps")).isEqualTo(new JsonArray(List.of()));
        assertSignedBy(state, A);
    }

    @Test
    void shouldGoOnFromVersionOfTheMeshAfterRestart() {
        alice.connect(a);
        settle();
        carol.connect(a);
        settle();
        b.crash();
        settle();
        b.restart();
        mesh.run(Duration.ofSeconds(20));

        bob.connectPlainly(b);
        settle();

        assertThat(version(bob)).isEqualTo(3);
    }

    @Test
    void shouldPassKeySharesOnceToEachMemberAndEachRelayAndToNobodyElse() {
        alice.connect(a);
        bob.connect(b);
        carol.connect(b);
        dave.connect(a);
        ScriptedEnd bystander = peer();
        settle();

        Envelope sent = alice.send(share(ALICE, ALICE, BOB, CAROL, BOB).signedBy(ALICE.keys()));
        settle();

        for (SimulatedUser member : List.of(bob, carol)) {
            assertThat(member.received("PUBLIC_CHANNEL_KEY_SHARE"))
                    .singleElement()
                    .satisfies(e -> assertThat(e.bytes()).isEqualTo(sent.bytes()));
        }
        assertThat(alice.received("PUBLIC_CHANNEL_KEY_SHARE")).isEmpty();
        assertThat(dave.received("PUBLIC_CHANNEL_KEY_SHARE")).isEmpty();
        assertThat(bystander.received("PUBLIC_CHANNEL_KEY_SHARE")).isEmpty();
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldVouchForUnsignedKeyShareOfItsUser() {
        alice.connect(a);
        bob.connect(b);
        carol.connect(a);
        settle();

        alice.send(share(ALICE, BOB, CAROL));
        settle();

        assertThat(carol.received("PUBLIC_CHANNEL_KEY_SHARE"))
                .singleElement()
                .satisfies(e -> assertSignedBy(e, A));
        assertThat(bob.received("PUBLIC_CHANNEL_KEY_SHARE"))
                .singleElement()
                .satisfies(e -> assertThat(e.from()).isEqualTo(ALICE.id().value()));
    }

    @Test
    void shouldRefuseKeyShareInSomebodyElsesName() {
        alice.connect(a);
        bob.connect(a);
        ScriptedEnd peer = peer();
        settle();

        alice.send(share(ALICE, BOB).signedBy(CAROL.keys()));
        peer.send(share(ALICE, BOB).signedBy(CAROL.keys()).build());
        settle();

        assertThat(bob.received("PUBLIC_CHANNEL_KEY_SHARE")).isEmpty();
        assertThat(alice.link().errors()).containsExactly("INVALID_SIG");
    }

    @Test
    void shouldPassKeyShareOfPeerToItsMembersAndNotBack() {
        alice.connect(a);
        bob.connect(b);
        Person guest =
                new Person(new UserId("99999999-0000-4000-8000-000000000009"), TestKeys.SERVER_C);
        ScriptedEnd peer = peer();
        peer.send(Envelopes.advertise(MALLORY, guest).ts(mesh.now().epochMs()).build());
        settle();

        peer.send(Envelopes.channelKeyShare(MALLORY).with("shares", shares(ALICE, guest)).build());
        settle();

        assertThat(alice.received("PUBLIC_CHANNEL_KEY_SHARE")).hasSize(1);
        assertThat(peer.received("PUBLIC_CHANNEL_KEY_SHARE")).isEmpty();
        assertThat(bob.received("PUBLIC_CHANNEL_KEY_SHARE")).isEmpty();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(600));
    }

    /** A peer of relay A that the test plays. */
    private ScriptedEnd peer() {
        return mesh.dial(a)
                .send(Envelopes.serverAnnounce(MALLORY).ts(mesh.now().epochMs()).build());
    }

    private static EnvelopeBuilder share(Person creator, Person... members) {
        return ForeignHellos.frame("PUBLIC_CHANNEL_KEY_SHARE", creator, "*")
                .with("shares", shares(members))
                .with("creator_pub", creator.key().text())
                .with("content_sig", "");
    }

    private static JsonArray shares(Person... members) {
        return new JsonArray(
                Stream.of(members)
                        .<JsonValue>map(m ->
                                JsonObject.builder()
                                        .put("member", m.id().value())
                                        .put("wrapped_public_channel_key", "d3JhcA")
                                        .build())
                        .toList());
    }

    private static JsonArray ids(Person... people) {
        return new JsonArray(
                Stream.of(people).<JsonValue>map(p -> new JsonText(p.id().value())).toList());
    }

    private static List<String> members(Envelope add) {
        return ((JsonArray) field(add, "add"))
                .elements().stream().map(id -> ((JsonText) id).value()).toList();
    }

    private static long version(SimulatedUser reader) {
        Envelope updated = reader.last("PUBLIC_CHANNEL_UPDATED");
        return Long.parseLong(((JsonNumber) field(updated, "version")).literal());
    }

    private static JsonValue field(Envelope envelope, String name) {
        return envelope.payload().members().get(name);
    }

    private static void assertSignedBy(Envelope envelope, Server server) {
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        server.key(),
                                        envelope.payload().canonical(),
                                        Base64Url.decode(envelope.sig())))
                .isTrue();
    }
}
