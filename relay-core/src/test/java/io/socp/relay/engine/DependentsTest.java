package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.engine.Dependents.Dependent;
import io.socp.relay.testing.VirtualClock;
import org.junit.jupiter.api.Test;

class DependentsTest {

    private final VirtualClock clock = new VirtualClock();
    private final Dependents dependents = new Dependents(2);

    @Test
    void shouldNameUsersToNewDependentAtOnceAndAgainOnlyAfterTheInterval() {
        dependents.add(A.id(), C.id(), clock.now());
        assertThat(dependents.takeDue(clock.now())).containsExactly(new Dependent(A.id(), C.id()));

        dependents.add(A.id(), C.id(), clock.now());
        assertThat(dependents.takeDue(clock.now())).isEmpty();
        clock.advanceMs(Dependents.REPLAY_INTERVAL.toMillis());

        assertThat(dependents.takeDue(clock.now())).containsExactly(new Dependent(A.id(), C.id()));
        assertThat(dependents.takeDue(clock.now())).isEmpty();
    }

    @Test
    void shouldForgetPeerThatIsGone() {
        dependents.add(A.id(), C.id(), clock.now());
        dependents.add(B.id(), C.id(), clock.now());

        dependents.remove(A.id());

        assertThat(dependents.of(C.id())).containsExactly(B.id());
        assertThat(dependents.takeDue(clock.now())).containsExactly(new Dependent(B.id(), C.id()));
    }

    @Test
    void shouldNotNameUsersSoonerToPeerThatSaysOtherwiseInBetween() {
        dependents.add(A.id(), C.id(), clock.now());
        dependents.takeDue(clock.now());

        dependents.remove(A.id(), C.id(), clock.now());
        assertThat(dependents.has(A.id(), C.id())).isFalse();
        assertThat(dependents.of(C.id())).isEmpty();
        dependents.add(A.id(), C.id(), clock.now());

        assertThat(dependents.has(A.id(), C.id())).isTrue();
        assertThat(dependents.takeDue(clock.now())).isEmpty();
        clock.advanceMs(Dependents.REPLAY_INTERVAL.toMillis());
        assertThat(dependents.takeDue(clock.now())).containsExactly(new Dependent(A.id(), C.id()));
    }

    @Test
    void shouldForgetWhatWasWithdrawnAfterTheInterval() {
        dependents.add(A.id(), B.id(), clock.now());
        dependents.add(A.id(), C.id(), clock.now());
        dependents.takeDue(clock.now());
        dependents.remove(A.id(), B.id(), clock.now());
        dependents.remove(A.id(), C.id(), clock.now());

        clock.advanceMs(Dependents.REPLAY_INTERVAL.toMillis());
        assertThat(dependents.takeDue(clock.now())).isEmpty();

        dependents.add(A.id(), A.id(), clock.now());
        assertThat(dependents.has(A.id(), A.id())).isTrue();
    }

    @Test
    void shouldRememberOfEachPeerNoMoreThanTheBound() {
        dependents.add(A.id(), B.id(), clock.now());
        dependents.add(A.id(), C.id(), clock.now());

        dependents.add(A.id(), A.id(), clock.now());
        dependents.add(B.id(), C.id(), clock.now());

        assertThat(dependents.has(A.id(), C.id())).isTrue();
        assertThat(dependents.has(A.id(), A.id())).isFalse();
        assertThat(dependents.has(B.id(), C.id())).isTrue();
    }
}
