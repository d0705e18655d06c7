package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.presence.UserLocation.Local;
import io.socp.relay.presence.UserLocation.Remote;
import io.socp.relay.presence.UserLocation.Unknown;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Crowd;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A foreign server, played here, that names all its users in one frame. */
class RosterTest {

    /** As many as fit into the members of a frame, beside the envelope's six and the payload's. */
    private static final int MOST = 2_044;

    private final SimulatedMesh mesh = new SimulatedMesh(91);
    private SimulatedRelay a;
    private ScriptedEnd server;

    @BeforeEach
    void link() {
        a = mesh.relay(A).start(List.of());
        server = mesh.dial(a).send(Envelopes.serverHelloJoin(C).build());
        settle();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 101, 1_000, MOST})
    void shouldTakeUpEveryoneWhomFrameNames(int users) {
        List<Person> crowd = Crowd.of(users);

        name(crowd, C.id());

        assertThat(crowd).allSatisfy(p -> assertThat(locate(p)).isEqualTo(new Remote(C.id())));
        assertThat(a.engine().users().size()).isEqualTo(users);
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void shouldBeBoundByTheMembersOfFrame() {
        assertThat(2 * MOST).isLessThanOrEqualTo(EnvelopeLimits.DEFAULT.membersMax());

        name(Crowd.of(MOST + 1), C.id());

        assertThat(a.engine().users().size()).isZero();
        assertThat(server.errors()).hasSize(1);
    }

    @Test
    void shouldLeaveOutThoseOfOtherServersAndKeepItsOwn() {
        SimulatedUser alice = mesh.user(ALICE).connectPlainly(a);
        settle();
        List<Person> crowd = Crowd.of(3);

        name(crowd, B.id());
        name(List.of(ALICE), C.id());

        assertThat(crowd).allSatisfy(p -> assertThat(locate(p)).isInstanceOf(Unknown.class));
        assertThat(locate(alice.person())).isInstanceOf(Local.class);
    }

    @Test
    void shouldTellThoseWhoListenOfEachOne() {
        SimulatedUser alice = mesh.user(ALICE).connectPlainly(a);
        settle();

        name(Crowd.of(150), C.id());

        assertThat(alice.received("USER_ADVERTISE")).hasSize(150);
    }

    private void name(List<Person> users, ServerId home) {
        var rows = JsonObject.builder();
        for (Person user : users) {
            rows.put(
                    user.id().value(), JsonObject.builder().put("server_id", home.value()).build());
        }
        server.send(
                Envelopes.serverAnnounce(C)
                        .without("host")
                        .without("port")
                        .without("pubkey")
                        .with("user_locations", rows.build())
                        .ts(mesh.now().epochMs())
                        .build());
        settle();
    }

    private UserLocation locate(Person person) {
        return a.engine().users().locate(person.id());
    }

    private void settle() {
        mesh.run(Duration.ofSeconds(1));
    }
}
