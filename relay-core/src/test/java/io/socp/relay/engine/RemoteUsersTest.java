package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What relay A keeps of what B says of its users. */
class RemoteUsersTest {

    private static final LinkId LINK_OF_B = new LinkId(1);

    private final SimulatedMesh mesh = new SimulatedMesh(61);
    private final SimulatedRelay a = mesh.relay(A).start(List.of());
    private final PeerTable peers = a.engine().peers();
    private final UserDirectory directory = new UserDirectory(A.id(), 100);
    private final PresenceLog log = new PresenceLog(directory);
    private final RemoteUsers users;

    RemoteUsersTest() {
        mesh.dial(a).send(Envelopes.serverAnnounce(B).build());
        mesh.run(Duration.ofSeconds(1));
        var self = new Self(A.id(), A.key(), A.address());
        users =
                new RemoteUsers(
                        self,
                        directory,
                        peers,
                        new Stranded(directory, peers, new FarServers(peers), new Expected()),
                        new Dependents(),
                        new Gossip(self, peers, new LinkDialects()),
                        log,
                        new Conduct(peers, LinkOrigins.UNKNOWN));
    }

    @Test
    void shouldKeepNothingOfServerWhoseUsersAreSwept() {
        advertise(Envelopes.advertise(B, ALICE).build());
        advertise(Envelopes.advertise(B, CAROL).build());
        assertThat(log.size()).isEqualTo(2);
        assertThat(log.bytes()).isZero();

        users.sweep(B.id(), mesh.now().ns() + 1, mesh.now(), _ -> {});

        assertThat(directory.size()).isZero();
        assertThat(log.size()).isZero();
    }

    private void advertise(Envelope envelope) {
        Admitted admitted = admitted(envelope);
        users.onPresence((UserAdvertise) admitted.message(), admitted, mesh.now(), _ -> {});
    }

    /** As it passes the data path of A. */
    private Admitted admitted(Envelope envelope) {
        DataPath path = a.engine().dataPath();
        var link = new LinkIdentity.Server(B.id(), B.key());
        var work = (Intake.Work) path.intake(envelope, LINK_OF_B, link, mesh.now());
        Outcome outcome = path.process(work.vetted(), LINK_OF_B, link, mesh.now());
        var post = (Post) outcome.effects().getFirst();
        return ((RelayEvent.Received) post.event()).admitted();
    }
}
