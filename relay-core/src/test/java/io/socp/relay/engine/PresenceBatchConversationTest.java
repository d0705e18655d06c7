package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.SERVERS;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.presence.UserLocation.Local;
import io.socp.relay.presence.UserLocation.Remote;
import io.socp.relay.presence.UserLocation.Unknown;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Crowd;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedLink;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Relay A is real; the others are played by the test unless it starts them. */
class PresenceBatchConversationTest {

    private static final JsonObject OURS = JsonObject.builder().put("v", 1).build();
    private static final int MANY = 250;

    private final SimulatedMesh mesh = new SimulatedMesh(71);
    private final SignatureVerifier signatures = new SignatureVerifier();

    @Test
    void shouldTellOwnRelayOfBurstInFewFramesOfOneSignatureEach() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = ownRelay(B, a);

        arrive(a, Crowd.of(MANY));
        settle();

        assertThat(advertised(b)).isEqualTo(ids(Crowd.of(MANY)));
        assertThat(b.received("USER_ADVERTISE")).hasSize(1);
        assertThat(b.received("PRESENCE_BATCH")).hasSizeBetween(3, 6).allMatch(this::isSignedByA);
    }

    @Test
    void shouldTellAtOnceOfUserWhoComesAlone() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = ownRelay(B, a);

        for (Person person : List.of(ALICE, BOB)) {
            mesh.user(person).connect(a);
            mesh.run(Duration.ofMillis(50));
            assertThat(text(b.received("USER_ADVERTISE").getLast(), "user_id"))
                    .isEqualTo(person.id().value());
            settle();
        }

        assertThat(b.received("PRESENCE_BATCH")).isEmpty();
    }

    @Test
    void shouldTellOfLeavingInFewFramesToo() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = ownRelay(B, a);
        List<SimulatedUser> crowd = arrive(a, Crowd.of(MANY));
        settle();
        int before = b.received().size();

        crowd.forEach(SimulatedUser::disconnect);
        settle();

        List<String> gone =
                Stream.concat(
                                b.received("USER_REMOVE").stream().map(e -> text(e, "user_id")),
                                entries(b, "removed"))
                        .sorted()
                        .toList();
        assertThat(gone).isEqualTo(ids(Crowd.of(MANY)));
        assertThat(b.received().size() - before).isLessThan(10);
    }

    @Test
    void shouldShareOneFrameWithAllWhereForeignServerNeedsIt() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd own = ownRelay(B, a);
        ScriptedEnd foreign = mesh.dial(a).send(Envelopes.serverHelloJoin(C).build());
        settle();

        arrive(a, Crowd.of(30));
        settle();

        assertThat(foreign.received("PRESENCE_BATCH")).isEmpty();
        assertThat(advertised(foreign)).isEqualTo(ids(Crowd.of(30)));
        assertThat(own.received("PRESENCE_BATCH")).isEmpty();
        assertThat(own.received("USER_ADVERTISE")).isEqualTo(foreign.received("USER_ADVERTISE"));
    }

    @Test
    void shouldShareOneFrameWithAllWhereLocalReaderNeedsIt() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd own = ownRelay(B, a);
        SimulatedUser reader = mesh.user(BOB).connectPlainly(a);
        settle();

        arrive(a, Crowd.of(30));
        settle();

        assertThat(own.received("PRESENCE_BATCH")).isEmpty();
        assertThat(own.received("USER_ADVERTISE"))
                .containsAll(reader.received("USER_ADVERTISE"))
                .hasSize(31);
    }

    @Test
    void shouldTellLateRelaysByTheSameFewFrames() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        arrive(a, Crowd.of(MANY));
        settle();

        ScriptedEnd b = mesh.dial(a).send(Envelopes.serverHelloJoin(B).with("ext", OURS).build());
        ScriptedEnd c = mesh.dial(a).send(Envelopes.serverHelloJoin(C).with("ext", OURS).build());
        settle();

        assertThat(advertised(b)).isEqualTo(ids(Crowd.of(MANY)));
        assertThat(b.received("PRESENCE_BATCH")).hasSize(3).isEqualTo(c.received("PRESENCE_BATCH"));
    }

    @Test
    void shouldFillBatchUpToItsBoundAndStartAnotherBeyondIt() {
        assertThat(batchesFor(PresenceBatch.ENTRIES_MAX, "")).hasSize(1);
        assertThat(batchesFor(PresenceBatch.ENTRIES_MAX + 1, "")).hasSize(2);
    }

    @Test
    void shouldBoundBatchInBytesToo() {
        // 512 for an entry, 734 for its key, and 64 characters of six bytes: 80 fit into 128 KiB.
        String name = "\u00e9".repeat(64);

        assertThat(batchesFor(80, name)).hasSize(1);
        assertThat(batchesFor(81, name))
                .hasSize(2)
                .allMatch(batch -> batch.bytes().length < Bulletin.BATCH_BYTES_MAX);
    }

    @Test
    void shouldReplayWhatIsSignedAlreadyAsItIs() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        SimulatedUser reader = mesh.user(BOB).connectPlainly(a);
        settle();
        arrive(a, Crowd.of(5));
        settle();

        ScriptedEnd late = ownRelay(C, a);
        settle();

        assertThat(late.received("USER_ADVERTISE"))
                .containsAll(reader.received("USER_ADVERTISE"))
                .hasSize(6);
        assertThat(late.received("PRESENCE_BATCH")).isEmpty();
    }

    @Test
    void shouldListCrowdOnEveryRelayAndForgetItAgain() {
        List<SimulatedRelay> relays = mesh.startEach(SERVERS, Pinning.PINNED);
        mesh.run(Duration.ofSeconds(20));

        List<SimulatedUser> crowd = arrive(relays.get(0), Crowd.of(MANY));
        settle();
        for (SimulatedRelay relay : relays) {
            assertThat(relay.engine().users().size()).isEqualTo(MANY);
            // Who is told by the home is not told again by others: but for the one that came alone.
            assertThat(relay.count(Outcome.Verdict.REFUSED)).isLessThanOrEqualTo(1);
        }

        crowd.forEach(SimulatedUser::disconnect);
        settle();

        for (SimulatedRelay relay : relays) {
            assertThat(relay.engine().users().size()).isZero();
        }
    }

    @Test
    void shouldTellReadersAndForeignServersInOurOwnName() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = ownRelay(B, a);
        ScriptedEnd foreign = mesh.dial(a).send(Envelopes.serverHelloJoin(C).build());
        SimulatedUser carol = mesh.user(CAROL).connectPlainly(a);
        settle();

        b.send(batch(B, List.of(BOB), List.of()).build());
        settle();
        b.send(batch(B, List.of(), List.of(BOB)).build());
        settle();

        Envelope came = carol.last("USER_ADVERTISE");
        Envelope went = carol.last("USER_REMOVE");
        for (Envelope told : List.of(came, went)) {
            assertThat(told.from()).isEqualTo(A.id().value());
            assertThat(text(told, "server_id")).isEqualTo(B.id().value());
            assertThat(text(told, "user_id")).isEqualTo(BOB.id().value());
            assertThat(isSignedByA(told)).isTrue();
        }
        assertThat(foreign.received("USER_ADVERTISE")).contains(came);
        assertThat(foreign.received("USER_REMOVE")).contains(went);
        assertThat(foreign.received("PRESENCE_BATCH")).isEmpty();
    }

    @Test
    void shouldPassBatchOnUnchangedToOwnRelaysThatHomeDoesNotTell() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = ownRelay(B, a);
        ScriptedEnd c = ownRelay(C, a);
        Envelope untold = batch(B, List.of(BOB), List.of()).build();
        var told = new JsonArray(List.of(new JsonText(C.id().value())));

        b.send(untold).send(untold);
        b.send(batch(B, List.of(CAROL), List.of()).with("told", told).build());
        settle();

        assertThat(c.received("PRESENCE_BATCH")).containsExactly(untold);
        assertThat(b.received("PRESENCE_BATCH")).isEmpty();
        assertThat(a.engine().users().locate(CAROL.id())).isEqualTo(new Remote(B.id()));
    }

    @Test
    void shouldReachRelayThatHomeHasNoLinkTo() {
        List<SimulatedRelay> relays = mesh.startEach(SERVERS, Pinning.PINNED);
        mesh.run(Duration.ofSeconds(20));
        mesh.refuse(A.address());
        mesh.refuse(C.address());
        mesh.openLinks().stream()
                .filter(link ->
                        link.toString().contains("10.0.0.1")
                                && link.toString().contains("10.0.0.3"))
                .forEach(SimulatedLink::cut);
        mesh.run(Duration.ofSeconds(20));

        arrive(relays.get(0), Crowd.of(30));
        settle();

        assertThat(relays.get(2).linksTo(A)).isZero();
        // All but the first, which came alone and in a frame of its own.
        assertThat(relays.get(2).engine().users().size()).isEqualTo(30);
    }

    @Test
    void shouldTakeNothingAboutUsersOfOthersFromHostileRelay() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd hostile = ownRelay(B, a);
        ScriptedEnd c = ownRelay(C, a);
        mesh.user(ALICE).connect(a);
        c.send(batch(C, List.of(CAROL), List.of()).build());
        settle();

        hostile.send(batch(B, List.of(ALICE, CAROL), List.of()).build());
        hostile.send(batch(B, List.of(), List.of(ALICE, CAROL)).build());
        hostile.send(batch(B, List.of(), List.of(CAROL)).from(C.id()).build());
        hostile.send(batch(C, List.of(BOB), List.of(CAROL)).from(B.id()).build());
        hostile.send(batch(C, List.of(BOB), List.of(CAROL)).signedBy(B.keys()).build());
        hostile.send(batch(C, List.of(), List.of(CAROL)).build());
        settle();

        assertThat(a.engine().users().locate(ALICE.id())).isInstanceOf(Local.class);
        assertThat(a.engine().users().locate(CAROL.id())).isEqualTo(new Remote(C.id()));
        assertThat(a.engine().users().locate(BOB.id())).isInstanceOf(Unknown.class);
        assertThat(hostile.errors()).containsOnly("INVALID_SIG").hasSize(2);
        assertThat(a.notices()).filteredOn(notice -> notice.contains("claims user")).hasSize(1);
    }

    @Test
    void shouldLetClaimedUserGoToNewHomeOnceOldOneLetsGo() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = ownRelay(B, a);
        ScriptedEnd c = ownRelay(C, a);
        SimulatedUser reader = mesh.user(ALICE).connectPlainly(a);
        b.send(batch(B, List.of(BOB), List.of()).build());
        settle();
        Envelope delayed = batch(B, List.of(), List.of(BOB)).build();
        settle();

        c.send(batch(C, List.of(BOB), List.of()).build());
        settle();
        assertThat(a.engine().users().locate(BOB.id())).isEqualTo(new Remote(B.id()));
        b.send(delayed);
        settle();

        assertThat(a.engine().users().locate(BOB.id())).isEqualTo(new Remote(C.id()));
        assertThat(text(reader.last("USER_ADVERTISE"), "server_id")).isEqualTo(C.id().value());
    }

    @Test
    void shouldTakeBackWhoLeftAndCameWithinOneBatch() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = ownRelay(B, a);
        b.send(batch(B, List.of(BOB), List.of()).build());
        settle();

        // With another key, so that only a removal in between makes it acceptable.
        var changed = new Person(BOB.id(), CAROL.keys());
        var left = batch(B, List.of(), List.of(BOB)).build().payload().members().get("removed");
        mesh.run(Duration.ofSeconds(1));
        b.send(batch(B, List.of(changed), List.of()).with("removed", left).build());
        settle();

        assertThat(a.engine().users().find(BOB.id()).key()).isEqualTo(CAROL.key());
    }

    @Test
    void shouldTakeBatchFromServersAlone() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        SimulatedUser alice = mesh.user(ALICE).connect(a);
        settle();

        alice.send(batch(B, List.of(BOB), List.of()).from(ALICE.id()));
        settle();

        assertThat(a.engine().users().locate(BOB.id())).isInstanceOf(Unknown.class);
        assertThat(alice.link().errors()).containsExactly("UNKNOWN_TYPE");
    }

    private ScriptedEnd ownRelay(Server server, SimulatedRelay to) {
        ScriptedEnd end =
                mesh.dial(to).send(Envelopes.serverHelloJoin(server).with("ext", OURS).build());
        settle();
        return end;
    }

    private List<SimulatedUser> arrive(SimulatedRelay relay, List<Person> people) {
        return people.stream().map(person -> mesh.user(person).connect(relay)).toList();
    }

    private List<Envelope> batchesFor(int users, String name) {
        var here = new SimulatedMesh(72);
        SimulatedRelay a = here.relay(A).start(List.of());
        var meta = JsonObject.builder().put("display_name", name).build();
        var asks = JsonObject.builder().put("presence", "ask").build();
        for (Person person : Crowd.of(users)) {
            var hello = Envelopes.userHello(person).with("ext", asks);
            here.user(person).hello(a, name.isEmpty() ? hello : hello.with("meta", meta));
        }
        here.run(Duration.ofSeconds(1));
        ScriptedEnd late =
                here.dial(a).send(Envelopes.serverHelloJoin(B).with("ext", OURS).build());
        here.run(Duration.ofSeconds(2));
        return late.received("PRESENCE_BATCH");
    }

    /** At the time of now, which stands in each entry. */
    private EnvelopeBuilder batch(Server home, List<Person> added, List<Person> removed) {
        long ts = mesh.now().epochMs();
        return Envelopes.presenceBatch(home, added, removed, ts);
    }

    private void settle() {
        mesh.run(Duration.ofSeconds(2));
    }

    private boolean isSignedByA(Envelope envelope) {
        return signatures.verifies(
                A.key(), envelope.payload().canonical(), Base64Url.decode(envelope.sig()));
    }

    private static List<String> ids(List<Person> people) {
        return people.stream().map(person -> person.id().value()).sorted().toList();
    }

    /** Whom this end was told of, one by one or in batches. */
    private static List<String> advertised(ScriptedEnd end) {
        return Stream.concat(
                        end.received("USER_ADVERTISE").stream().map(e -> text(e, "user_id")),
                        entries(end, "added"))
                .sorted()
                .toList();
    }

    private static Stream<String> entries(ScriptedEnd end, String list) {
        return end.received("PRESENCE_BATCH").stream()
                .flatMap(e -> ((JsonArray) e.payload().members().get(list)).elements().stream())
                .map(entry -> text((JsonObject) entry, "user_id"));
    }
}
