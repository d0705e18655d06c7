package io.socp.relay.daemon.deliver;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.Outcome;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEffect.HandOver;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.identity.LinkId;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Pressure;
import io.socp.relay.limit.Pressure.Level;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Envelopes;
import java.util.List;
import org.junit.jupiter.api.Test;

class SheddingTest {

    private static final Complaint COMPLAINT = new Complaint(ALICE.id(), BOB.id());

    private final Pressure pressure = new Pressure(new Limits(LimitOptions.standard()));
    private final Shedding shedding = new Shedding(pressure);

    @Test
    void shouldReportAPeersFileToItsAuthorInsteadOfHandingItOver() {
        pressure.onUse(80);

        Outcome left = shedding.ofPeer(delivered(), "FILE_CHUNK", ScriptedPort.SERVER_B);

        assertThat(left.verdict()).isEqualTo(Verdict.SHED);
        assertThat(left.effects()).containsExactly(new Post(new RelayEvent.Undelivered(COMPLAINT)));
        assertThat(pressure.shed(Level.FILES)).isEqualTo(1);
    }

    @Test
    void shouldBringAPeersDirectMessagesWhileFilesAloneAreShed() {
        pressure.onUse(80);
        Outcome whole = delivered();

        assertThat(shedding.ofPeer(whole, "SERVER_DELIVER", ScriptedPort.SERVER_B)).isSameAs(whole);
        pressure.onUse(99);
        assertThat(shedding.ofPeer(whole, "SERVER_DELIVER", ScriptedPort.SERVER_B).verdict())
                .isEqualTo(Verdict.SHED);
    }

    @Test
    void shouldLeaveOtherOutcomesAsTheyAre() {
        pressure.onUse(99);
        Outcome duplicate = new Outcome(Verdict.DUPLICATE, List.of());

        assertThat(shedding.ofPeer(duplicate, "SERVER_DELIVER", ScriptedPort.SERVER_B))
                .isSameAs(duplicate);
        assertThat(shedding.sheds("HEARTBEAT", ScriptedPort.SERVER_B)).isFalse();
        assertThat(shedding.sheds("LIST_REQUEST", ScriptedPort.ALICE)).isFalse();
    }

    private static Outcome delivered() {
        RelayEffect effect =
                new HandOver(
                        new LinkId(1),
                        OutboundFrame.asReceived(Envelopes.msgDirect(ALICE, BOB).build()),
                        COMPLAINT);
        return new Outcome(Verdict.ACCEPTED, List.of(effect));
    }
}
