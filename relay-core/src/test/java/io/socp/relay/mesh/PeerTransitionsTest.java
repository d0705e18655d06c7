package io.socp.relay.mesh;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.LinkId;
import io.socp.relay.mesh.PeerEvent.Announced;
import io.socp.relay.mesh.PeerEvent.AnnouncedToUnknown;
import io.socp.relay.mesh.PeerEvent.Due;
import io.socp.relay.mesh.PeerEvent.FoundOurselves;
import io.socp.relay.mesh.PeerEvent.Joining;
import io.socp.relay.mesh.PeerEvent.LinkUp;
import io.socp.relay.mesh.PeerEvent.Lost;
import io.socp.relay.mesh.PeerEvent.Resting;
import io.socp.relay.mesh.PeerEvent.Welcomed;
import io.socp.relay.mesh.PeerState.AwaitingSign;
import io.socp.relay.mesh.PeerState.AwaitingWelcome;
import io.socp.relay.mesh.PeerState.Dialing;
import io.socp.relay.mesh.PeerState.Linked;
import io.socp.relay.mesh.PeerState.Ourselves;
import io.socp.relay.mesh.PeerState.Waiting;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole table: each state meets each event, and the outcome is written down here. */
class PeerTransitionsTest {

    private static final LinkId LINK = new LinkId(9);

    private static final PeerState WAITING = new Waiting(3, 100);
    private static final PeerState DIALING = new Dialing(3, 200);
    private static final PeerState AWAITING = new AwaitingWelcome(3, new LinkId(8), 300);
    private static final PeerState UNSIGNED = new AwaitingSign(3, new LinkId(8), 400);
    private static final PeerState UNPROVEN = new Linked(A.id(), 4);
    private static final PeerState OURSELVES = new Ourselves();

    private static final PeerEvent DUE = new Due(1_000);
    private static final PeerEvent JOINING = new Joining(LINK, 2_000);
    private static final PeerEvent ANNOUNCED = new Announced(B.id());
    private static final PeerEvent TO_UNKNOWN = new AnnouncedToUnknown(4_000);
    private static final PeerEvent WELCOMED = new Welcomed(B.id());
    private static final PeerEvent LINK_UP = new LinkUp(B.id());
    private static final PeerEvent LOST = new Lost(3_000);
    private static final PeerEvent RESTING = new Resting(5_000);
    private static final PeerEvent FOUND_OURSELVES = new FoundOurselves();

    private static final List<PeerState> STATES =
            List.of(WAITING, DIALING, AWAITING, UNSIGNED, UNPROVEN, OURSELVES);
    private static final List<PeerEvent> EVENTS =
            List.of(
                    DUE,
                    JOINING,
                    ANNOUNCED,
                    TO_UNKNOWN,
                    WELCOMED,
                    LINK_UP,
                    LOST,
                    RESTING,
                    FOUND_OURSELVES);

    /** Outcomes in the order of {@link #STATES}; a state that stays is written as itself. */
    private static final Map<PeerEvent, List<PeerState>> TABLE =
            Map.of(
                    DUE,
                    List.of(
                            new Dialing(3, 1_000),
                            DIALING,
                            AWAITING,
                            UNSIGNED,
                            UNPROVEN,
                            OURSELVES),
                    JOINING,
                    List.of(
                            WAITING,
                            new AwaitingWelcome(3, LINK, 2_000),
                            AWAITING,
                            UNSIGNED,
                            UNPROVEN,
                            OURSELVES),
                    ANNOUNCED,
                    List.of(WAITING, DIALING, new Linked(B.id(), 4), UNSIGNED, UNPROVEN, OURSELVES),
                    TO_UNKNOWN,
                    List.of(
                            WAITING,
                            DIALING,
                            new AwaitingSign(3, new LinkId(8), 4_000),
                            UNSIGNED,
                            UNPROVEN,
                            OURSELVES),
                    WELCOMED,
                    List.of(WAITING, DIALING, linked(), linked(), UNPROVEN, OURSELVES),
                    LINK_UP,
                    List.of(linked(), linked(), AWAITING, UNSIGNED, linked(), OURSELVES),
                    LOST,
                    List.of(
                            WAITING,
                            new Waiting(4, 3_000),
                            new Waiting(4, 3_000),
                            new Waiting(4, 3_000),
                            new Waiting(4, 3_000),
                            OURSELVES),
                    RESTING,
                    List.of(
                            new Waiting(3, 5_000),
                            DIALING,
                            AWAITING,
                            UNSIGNED,
                            new Waiting(4, 5_000),
                            OURSELVES),
                    FOUND_OURSELVES,
                    List.of(OURSELVES, OURSELVES, OURSELVES, OURSELVES, OURSELVES, OURSELVES));

    static Stream<Arguments> cells() {
        return EVENTS.stream()
                .flatMap(event -> STATES.stream().map(state -> Arguments.of(state, event)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void shouldFollowTable(PeerState state, PeerEvent event) {
        PeerState expected = TABLE.get(event).get(STATES.indexOf(state));

        assertThat(PeerTransitions.next(state, event)).isEqualTo(expected);
    }

    @Test
    void shouldCoverEachStateAndEachEvent() {
        assertThat(STATES.stream().map(Object::getClass))
                .containsExactlyInAnyOrder(PeerState.class.getPermittedSubclasses());
        assertThat(EVENTS.stream().map(Object::getClass))
                .containsExactlyInAnyOrder(PeerEvent.class.getPermittedSubclasses());
        assertThat(TABLE.keySet()).containsExactlyInAnyOrderElementsOf(EVENTS);
    }

    @Test
    void shouldStartAnewAfterLinkThatLived() {
        assertThat(PeerTransitions.next(linked(), LOST)).isEqualTo(new Waiting(0, 3_000));
    }

    private static PeerState linked() {
        return new Linked(B.id(), 0);
    }
}
