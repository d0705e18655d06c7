package io.socp.relay.daemon.deliver;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.deliver.FrameToll.Passage;
import io.socp.relay.daemon.link.Arrival;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.limit.AddressAccount;
import io.socp.relay.limit.AddressAccounts;
import io.socp.relay.limit.AddressAccounts.Entry;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.LimitOptions.Connections;
import io.socp.relay.limit.LimitOptions.Frames;
import io.socp.relay.limit.LimitOptions.Misuse;
import io.socp.relay.limit.Network;
import io.socp.relay.limit.Rate;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.VirtualClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What one link may send, at its bounds and one past them. */
@ExtendWith(LeakCheck.class)
class FrameTollTest {

    private static final long SECOND_NS = 1_000_000_000;
    private static final Rate PLENTY = Rate.perSecond(1_000_000, 1);
    private static final Rate TWO = new Rate(2, SECOND_NS);

    private final EmbeddedRelay relay = new EmbeddedRelay();

    @AfterEach
    void finish() {
        relay.finish();
    }

    @Test
    void shouldRefuseTheMessageBeyondTheRateAndTellItsAuthor() {
        FarEnd bob = hello(BOB);
        FarEnd alice = hello(ALICE);
        frames(TWO, PLENTY, PLENTY, PLENTY);

        for (int i = 0; i < 3; i++) {
            alice.send(direct(i).build());
        }
        relay.settle();

        assertThat(types(bob.envelopes())).filteredOn("USER_DELIVER"::equals).hasSize(2);
        assertThat(errors(alice))
                .containsExactly("TIMEOUT too many frames in too short a time, not taken");
        assertThat(relay.verdicts()).endsWith("MSG_DIRECT LIMITED");
        assertThat(alice.server().isOpen()).isTrue();
    }

    @Test
    void shouldTakeMessagesAgainAfterAWhile() {
        FarEnd bob = hello(BOB);
        FarEnd alice = hello(ALICE);
        frames(TWO, PLENTY, PLENTY, PLENTY);
        alice.send(direct(0).build());
        alice.send(direct(1).build());
        relay.settle();

        relay.pass(Duration.ofSeconds(1));
        alice.send(direct(1_000).build());
        relay.settle();

        assertThat(types(bob.envelopes())).filteredOn("USER_DELIVER"::equals).hasSize(3);
        assertThat(errors(alice)).isEmpty();
    }

    @Test
    void shouldCountQuestionsApartFromMessages() {
        FarEnd alice = hello(ALICE);
        hello(BOB);
        // Her hello was the first of them.
        frames(TWO, new Rate(3, SECOND_NS), PLENTY, PLENTY);

        for (int i = 0; i < 3; i++) {
            alice.send(Envelopes.listRequest(ALICE).ts(VirtualClock.START_EPOCH_MS + i).build());
        }
        alice.send(direct(0).build());
        relay.settle();

        assertThat(relay.verdicts())
                .endsWith(
                        "LIST_REQUEST ACCEPTED",
                        "LIST_REQUEST ACCEPTED",
                        "LIST_REQUEST LIMITED",
                        "MSG_DIRECT ACCEPTED");
    }

    @Test
    void shouldNeverAnswerANotice() {
        FarEnd alice = hello(ALICE);
        frames(PLENTY, new Rate(1, SECOND_NS), PLENTY, PLENTY);

        alice.send(Envelopes.ack(ALICE).build());
        alice.send(Envelopes.ack(ALICE).build());
        relay.settle();

        assertThat(relay.verdicts()).endsWith("ACK LIMITED");
        assertThat(errors(alice)).isEmpty();
    }

    @Test
    void shouldCloseTheLinkOfOneWhoGoesOn() {
        frames(TWO, PLENTY, PLENTY, PLENTY);
        FrameToll toll = toll(link(null));
        pass(toll, "MSG_DIRECT", 2);

        List<Passage> strikes = pass(toll, "MSG_DIRECT", FrameToll.STRIKES.burst());

        assertThat(strikes).containsOnly(Passage.OVER);
        assertThat(pass(toll, "MSG_DIRECT", 1)).containsExactly(Passage.LAST);
        assertThat(pass(toll, "MSG_DIRECT", 1)).containsExactly(Passage.CLOSED);
    }

    @Test
    void shouldBoundWhatAllLinksOfOneAddressSend() {
        AddressAccount account = account();
        Rate lots = new Rate(2 * FrameToll.LOT, SECOND_NS);
        frames(PLENTY, PLENTY, lots, PLENTY);
        FrameToll first = toll(link(account));
        FrameToll second = toll(link(account));

        List<Passage> within = pass(first, "MSG_DIRECT", FrameToll.LOT);
        List<Passage> rest = pass(second, "MSG_DIRECT", FrameToll.LOT);

        assertThat(within).containsOnly(Passage.FREE);
        assertThat(rest).containsOnly(Passage.FREE);
        assertThat(pass(first, "MSG_DIRECT", 1)).containsExactly(Passage.OVER);
        assertThat(pass(second, "MSG_DIRECT", 1)).containsExactly(Passage.OVER);
    }

    @Test
    void shouldReadAPeerMoreSlowlyAndLoseNothingOfIt() {
        frames(PLENTY, PLENTY, PLENTY, TWO);
        FarEnd end = relay.connect();
        Link link = relay.registry().all().iterator().next();
        FrameToll toll = toll(link);

        List<Passage> within = List.of(peers(toll), peers(toll));
        boolean readsAtTheBound = end.server().config().isAutoRead();
        Passage beyond = peers(toll);
        boolean readsBeyond = end.server().config().isAutoRead();
        relay.pass(Duration.ofSeconds(1));

        assertThat(within).containsOnly(Passage.FREE);
        assertThat(beyond).isEqualTo(Passage.FREE);
        assertThat(readsAtTheBound).isTrue();
        assertThat(readsBeyond).isFalse();
        assertThat(end.server().config().isAutoRead()).isTrue();
    }

    @Test
    void shouldReadAPeerMoreSlowlyThatPassesOnForgeries() {
        frames(PLENTY, PLENTY, PLENTY, new Rate(2 * FrameToll.FORGERY, SECOND_NS));
        FarEnd end = relay.connect();
        FrameToll toll = toll(relay.registry().all().iterator().next());

        toll.onUnverified(ScriptedPort.SERVER_B, 0);
        toll.onUnverified(ScriptedPort.SERVER_B, 0);
        boolean readsAtTheBound = end.server().config().isAutoRead();
        toll.onUnverified(ScriptedPort.SERVER_B, 0);

        assertThat(readsAtTheBound).isTrue();
        assertThat(end.server().config().isAutoRead()).isFalse();
    }

    @Test
    void shouldTellOfAnAddressWhoseSignaturesFailTooOften() {
        FarEnd alice = hello(ALICE);
        AddressAccount account = account();
        Link link = relay.registry().all().iterator().next();
        link.arrived(new Arrival(new InetSocketAddress("192.0.2.1", 1), account));
        relay.limits()
                .replace(LimitOptions.standard().with(new Misuse(TWO, Duration.ofMinutes(1))));

        forge(alice, 0);
        forge(alice, 1);
        List<AddressAccount> atTheBound = relay.forgers();
        forge(alice, 2);

        assertThat(atTheBound).isEmpty();
        assertThat(relay.forgers()).containsExactly(account);
    }

    @Test
    void shouldRefuseFilesFirstAndDirectMessagesLast() {
        FarEnd bob = hello(BOB);
        FarEnd alice = hello(ALICE);

        relay.pressure().onUse(76);
        alice.send(Envelopes.fileStart(ALICE, BOB.id()).build());
        alice.send(direct(0).build());
        relay.settle();
        List<String> first = errors(alice);
        relay.pressure().onUse(99);
        alice.send(direct(1).build());
        relay.settle();

        assertThat(first).containsExactly("TIMEOUT the relay is short of memory, not taken");
        assertThat(types(bob.envelopes())).filteredOn("USER_DELIVER"::equals).hasSize(1);
        assertThat(errors(alice))
                .containsExactly("TIMEOUT the relay is short of memory, not taken");
        assertThat(relay.verdicts()).contains("FILE_START SHED").endsWith("MSG_DIRECT SHED");
    }

    @Test
    void shouldTellANewUserToComeLaterWhenThereIsNoRoomForHim() {
        relay.pressure().onUse(90);
        FarEnd alice = relay.connect();

        alice.send(Envelopes.userHello(ALICE).build());
        relay.settle();

        assertThat(errors(alice))
                .containsExactly("TIMEOUT the relay is short of memory, come back later");
        assertThat(alice.closeCode()).isEqualTo(1013);
        assertThat(relay.engine().users().size()).isZero();
    }

    private void forge(FarEnd end, int number) {
        end.send(direct(number).signedBy(BOB.keys()).build());
        relay.settle();
    }

    private Passage peers(FrameToll toll) {
        return toll.pass("SERVER_DELIVER", ScriptedPort.SERVER_B, 0);
    }

    private static List<Passage> pass(FrameToll toll, String type, int times) {
        return IntStream.range(0, times)
                .mapToObj(_ -> toll.pass(type, ScriptedPort.ALICE, 0))
                .toList();
    }

    private FrameToll toll(Link link) {
        return new FrameToll(link, new IntakeBounds(relay.limits(), relay.pressure(), _ -> {}), 0);
    }

    private Link link(AddressAccount account) {
        relay.connect();
        Link link =
                relay.registry().all().stream()
                        .max(Comparator.comparingLong(l -> l.id().value()))
                        .orElseThrow();
        link.arrived(new Arrival(new InetSocketAddress("192.0.2.1", 1), account));
        return link;
    }

    private static AddressAccount account() {
        Entry entry =
                new AddressAccounts()
                        .enter(
                                Network.address("192.0.2.1"),
                                new Connections(10, 10, PLENTY, PLENTY, 1),
                                0);
        return ((Entry.In) entry).account();
    }

    private void frames(Rate messages, Rate requests, Rate address, Rate peer) {
        relay.limits()
                .replace(
                        LimitOptions.standard()
                                .with(new Frames(messages, requests, address, peer)));
    }

    private FarEnd hello(Person person) {
        FarEnd end = relay.connect();
        end.send(Envelopes.userHello(person).build());
        relay.settle();
        return end;
    }

    private static EnvelopeBuilder direct(int number) {
        return Envelopes.msgDirect(ALICE, BOB).ts(VirtualClock.START_EPOCH_MS + number);
    }

    private static List<String> types(List<Envelope> envelopes) {
        return envelopes.stream().map(Envelope::type).toList();
    }

    private static List<String> errors(FarEnd end) {
        return end.envelopes().stream()
                .filter(e -> e.type().equals("ERROR"))
                .map(e -> ScriptedEnd.text(e, "code") + " " + ScriptedEnd.text(e, "detail"))
                .toList();
    }
}
