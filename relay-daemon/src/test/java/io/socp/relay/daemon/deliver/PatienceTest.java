package io.socp.relay.daemon.deliver;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.engine.TrailStep;
import io.socp.relay.engine.TrailStep.End;
import io.socp.relay.engine.TrailStep.Fate;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Alice writes to Bob, who is away, and goes herself. */
@ExtendWith(LeakCheck.class)
class PatienceTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final EmbeddedRelay relay = new EmbeddedRelay();

    @AfterEach
    void finish() {
        relay.finish();
    }

    @Test
    void shouldTellTheMeshWhatItsAuthorCannotBeToldAnyMore() {
        FarEnd alice = hello(ALICE);

        alice.send(Envelopes.msgDirect(ALICE, BOB).build());
        alice.vanish();
        relay.settle();

        assertThat(relay.posted())
                .contains(new RelayEvent.Undelivered(new Complaint(ALICE.id(), BOB.id())));
    }

    @Test
    void shouldTellItsAuthorHimselfWhoIsStillThere() {
        FarEnd alice = hello(ALICE);

        alice.send(Envelopes.msgDirect(ALICE, BOB).build());
        relay.settle();

        assertThat(alice.envelopes()).extracting("type").containsExactly("ERROR");
        assertThat(relay.posted()).noneMatch(RelayEvent.Undelivered.class::isInstance);
    }

    @Test
    void shouldCountOnceWhatIsHeldBackAndGoesItsWayLater() {
        FarEnd alice = hello(ALICE);
        alice.send(Envelopes.msgDirect(ALICE, BOB).build());
        relay.expected().everyone(relay.now().nsAfter(LONG));
        relay.settle();
        boolean isCountedEarly = relay.verdicts().contains("MSG_DIRECT ACCEPTED");

        FarEnd bob = hello(BOB);
        relay.pass(AwaitingFrames.INTERVAL);

        assertThat(isCountedEarly).isFalse();
        assertThat(bob.envelopes()).extracting("type").contains("USER_DELIVER");
        assertThat(relay.verdicts())
                .filteredOn(verdict -> verdict.startsWith("MSG_DIRECT"))
                .containsExactly("MSG_DIRECT ACCEPTED");
    }

    @Test
    void shouldRememberThatItWaitedAndThenWhoGotIt() {
        FarEnd alice = hello(ALICE);
        Envelope message =
                Envelopes.msgDirect(ALICE, BOB).unsigned().contentSignedBy(ALICE.keys()).build();
        alice.send(message);
        relay.expected().everyone(relay.now().nsAfter(LONG));
        relay.settle();
        List<TrailStep> before = relay.steps(message);

        hello(BOB);
        relay.pass(AwaitingFrames.INTERVAL);

        assertThat(before)
                .extracting(TrailStep::fate, TrailStep::to)
                .containsExactly(tuple(Fate.WAITING, new End.Nobody()));
        assertThat(relay.steps(message))
                .extracting(TrailStep::fate, TrailStep::to)
                .containsExactly(
                        tuple(Fate.WAITING, new End.Nobody()),
                        tuple(Fate.ACCEPTED, new End.User(BOB.id())));
    }

    private FarEnd hello(Person user) {
        FarEnd end = relay.connect();
        end.send(Envelopes.userHello(user).build());
        relay.settle();
        end.envelopes();
        return end;
    }
}
