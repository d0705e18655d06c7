package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice on relay A, Bob on B, which is killed; C is there for those who go elsewhere. */
class StrandedTest {

    private final SimulatedMesh mesh = new SimulatedMesh(59);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;
    private SimulatedRelay b;
    private SimulatedRelay c;

    @BeforeEach
    void linkThreeRelays() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B, C), Pinning.PINNED);
        a = relays.get(0);
        b = relays.get(1);
        c = relays.get(2);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(b);
        settle();
    }

    @Test
    void shouldTakeInTheUserOfALostServer() {
        kill();

        bob.connect(c);
        settle();
        alice.tell(BOB, "here you are");
        settle();

        assertThat(bob.link().errors()).isEmpty();
        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(a.engine().users().locate(BOB.id())).isEqualTo(new UserLocation.Remote(C.id()));
    }

    @Test
    void shouldKeepTheUserWhenTheLostServerComesBack() {
        kill();
        bob.connect(c);
        settle();

        b.restart();
        mesh.run(Duration.ofSeconds(40));
        alice.tell(BOB, "still there?");
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
    }

    @Test
    void attackShouldFailWhenAnotherKeyAsksForThePlaceOfAStrandedUser() {
        kill();

        SimulatedUser mallory = mesh.user(new Person(BOB.id(), TestKeys.MALLORY)).connect(c);
        settle();

        assertThat(mallory.link().errors()).containsExactly("NAME_IN_USE");
    }

    @Test
    void attackShouldFailWhenNobodyHasSignedTheHello() {
        kill();

        bob.hello(c, Envelopes.userHello(BOB).unsigned());
        settle();

        assertThat(bob.link().errors()).containsExactly("NAME_IN_USE");
    }

    @Test
    void shouldRefuseTheUserOfAServerThatIsThere() {
        SimulatedUser other = mesh.user(BOB).connect(c);
        settle();

        assertThat(other.link().errors()).containsExactly("NAME_IN_USE");
    }

    @Test
    void shouldRefuseTheUserOfAServerThatIsReachedThroughAnother() {
        mesh.separate(B, C);
        mesh.run(Duration.ofSeconds(10));

        SimulatedUser other = mesh.user(BOB).connect(c);
        settle();

        assertThat(other.link().errors()).containsExactly("NAME_IN_USE");
    }

    @Test
    void shouldTellTheAuthorWhatComesBackFromTheServerWhereTheReaderWas() {
        kill();
        alice.tell(BOB, "into the gap");
        settle();
        bob.connect(a);
        settle();

        b.restart();
        mesh.run(Duration.ofSeconds(20));

        assertThat(alice.link().errors()).containsExactly("USER_NOT_FOUND");
    }

    @Test
    void shouldTakeInTheUserWithinASecondWhoAsksAgain() {
        b.crash();

        SimulatedUser asking = askAt(c);
        for (int i = 1; i < 4 && !asking.link().errors().isEmpty(); i++) {
            asking = askAt(c);
        }
        alice.tell(BOB, "here you are");
        settle();

        assertThat(asking.received("USER_DELIVER")).hasSize(1);
    }

    @Test
    void attackShouldFailWhenAnotherKeyAsksForThePlaceOfAUserBehindACut() {
        cutOff();

        SimulatedUser mallory = mesh.user(new Person(BOB.id(), TestKeys.MALLORY)).connect(c);
        settle();
        unite();

        assertThat(mallory.link().errors()).containsExactly("NAME_IN_USE");
        alice.tell(BOB, "you are where you were");
        settle();
        assertThat(bob.received("USER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldSettleToWhereTheUserHasBeenLastWhenTheCutIsOver() {
        cutOff();
        SimulatedUser moved = mesh.user(BOB).connect(c);
        settle();

        unite();
        alice.tell(BOB, "which of you");
        settle();

        assertThat(moved.received("USER_DELIVER")).hasSize(1);
        assertThat(bob.received("USER_DELIVER")).isEmpty();
        assertThat(a.engine().users().locate(BOB.id())).isEqualTo(new UserLocation.Remote(C.id()));
    }

    @Test
    void shouldFindTheUserEverywhereWhenHisOldLinkEndsAfterTheCut() {
        SimulatedUser carol = mesh.user(CAROL).connect(b);
        cutOff();
        SimulatedUser moved = mesh.user(BOB).connect(c);
        settle();
        unite();

        bob.disconnect();
        settle();
        alice.tell(BOB, "from there");
        carol.tell(BOB, "from where you were");
        settle();

        assertThat(carol.link().errors()).isEmpty();
        assertThat(moved.received("USER_DELIVER")).hasSize(2);
    }

    @Test
    void shouldForgetWhereTheUserWasWhenThatServerHasRestartedSince() {
        cutOff();
        mesh.user(BOB).connect(c);
        settle();
        unite();

        c.crash();
        c.restart();
        mesh.run(Duration.ofSeconds(45));
        bob.disconnect();
        settle();

        assertThat(b.engine().users().locate(BOB.id())).isEqualTo(new UserLocation.Unknown());
    }

    private SimulatedUser askAt(SimulatedRelay relay) {
        SimulatedUser user = mesh.user(BOB).connect(relay);
        mesh.run(Duration.ofMillis(250));
        return user;
    }

    private void cutOff() {
        mesh.separate(A, B);
        mesh.separate(B, C);
        mesh.run(Duration.ofSeconds(10));
    }

    private void unite() {
        mesh.unite(A, B);
        mesh.unite(B, C);
        mesh.run(Duration.ofSeconds(15));
    }

    /** Until everyone has said that he does not reach it any more. */
    private void kill() {
        b.crash();
        mesh.run(Duration.ofSeconds(3));
    }

    private void settle() {
        mesh.run(Duration.ofSeconds(1));
    }
}
