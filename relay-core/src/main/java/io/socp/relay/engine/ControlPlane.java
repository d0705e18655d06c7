package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.ChannelMessage;
import io.socp.relay.message.ChannelMessage.PublicChannelUpdated;
import io.socp.relay.message.ChatMessage;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.NoticeMessage;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SessionMessage.UserWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import java.time.Duration;

/**
 * The owner of all that changes: peers, users, timers. Event-loop confined: one loop, the mesh
 * loop, calls {@link #onEvent}; what is to be done comes back as effects.
 */
@EventLoopConfined
public final class ControlPlane {

    private final Introducers introducers;
    private final Membership membership;
    private final PeerLinks links;
    private final Rosters rosters;
    private final Attendance attendance;
    private final ChannelKeeper channel;
    private final DeliveryReports reports;
    private final Horizon horizon;
    private final Acquaintances acquaintances;
    private final Possession possession;
    private final Conduct conduct;
    private final Departure departure;
    private final Stranded stranded;

    ControlPlane(
            Introducers introducers,
            Membership membership,
            PeerLinks links,
            Rosters rosters,
            Attendance attendance,
            ChannelKeeper channel,
            Horizon horizon,
            Acquaintances acquaintances,
            DeliveryReports reports,
            Possession possession,
            Conduct conduct,
            Departure departure,
            Stranded stranded) {
        this.departure = departure;
        this.stranded = stranded;
        this.introducers = introducers;
        this.possession = possession;
        this.conduct = conduct;
        this.membership = membership;
        this.links = links;
        this.rosters = rosters;
        this.attendance = attendance;
        this.channel = channel;
        this.horizon = horizon;
        this.acquaintances = acquaintances;
        this.reports = reports;
    }

    /** Takes one event; emits what is to be done, in order. */
    public void onEvent(RelayEvent event, Moment now, EffectSink sink) {
        switch (event) {
            case RelayEvent.LinkOpened(var contact, LinkId link) ->
                    membership.onLinkOpened(contact, link, now, sink);
            case RelayEvent.DialFailed(var contact, String reason) ->
                    membership.onDialFailed(contact, reason, now, sink);
            case RelayEvent.LinkClosed(LinkId link) -> {
                conduct.forget(link);
                if (!attendance.onLinkClosed(link, now, sink)) {
                    membership.onLinkClosed(link, now, sink);
                }
            }
            case RelayEvent.LinkHeard(LinkId link) -> links.onHeard(link, now);
            case RelayEvent.Received(LinkId link, Admitted admitted) ->
                    onReceived(link, admitted, now, sink);
            case RelayEvent.Undelivered(Complaint complaint) ->
                    reports.onUndelivered(complaint, now, sink);
            case RelayEvent.Reported(var peer, Complaint complaint) ->
                    reports.onReported(peer, complaint, now, sink);
            case RelayEvent.Misdirected(LinkId link, Complaint complaint) ->
                    reports.onMisdirected(link, complaint, now, sink);
            case RelayEvent.Misconduct(var server, var claim) ->
                    membership.onMisconduct(server, claim, now, sink);
            case RelayEvent.Leave() -> departure.leave(now, sink);
            case RelayEvent.Dismiss(Duration window) -> departure.dismiss(window, now, sink);
            case RelayEvent.PartWithUsers() -> departure.partWithUsers(sink);
            case RelayEvent.StopExpecting() -> departure.stopExpecting();
            case RelayEvent.PartWithPeers() -> departure.partWithPeers(now, sink);
            case RelayEvent.IntroducersRead(var read) -> introducers.onRead(read, now, sink);
            case RelayEvent.Tick() -> {
                departure.onTick(now, sink);
                reports.onTick(now, sink);
                membership.onTick(now, sink);
                horizon.onTick(now, sink);
                attendance.others().onTick(now, sink);
                acquaintances.onTick(now, sink);
                attendance.onTick(now, sink);
                channel.onTick(now, sink);
            }
        }
    }

    private void onReceived(LinkId link, Admitted admitted, Moment now, EffectSink sink) {
        if (admitted.link() instanceof LinkIdentity.Server(ServerId server, _, _)
                && !links.isLinkOf(link, server)) {
            // It was on its way when we gave the link up, and what the server had told with it.
            return;
        }
        conduct.hearing(link);
        if (possession.shownBy(admitted, now) instanceof Proof.SignedBy(RsaPublicKey key)) {
            if (links.onSigned(link, key, now, sink)) {
                attendance.onProven(link, now, sink);
            }
        }
        switch (admitted.message()) {
            case UserHello hello -> {
                stranded.onHello(hello, admitted, now);
                attendance.onHello(link, hello, admitted, now, sink);
            }
            case PresenceMessage presence -> {
                membership.onSign(link, presence.origin(), admitted, now, sink);
                // Of an introducer, only if it has become the peer that it speaks for.
                if (admitted.link() instanceof LinkIdentity.Server
                        || links.isLinkOf(link, presence.origin())) {
                    attendance.others().onPresence(presence, admitted, now, sink);
                    departure.onNamed(presence.user(), presence.server(), now);
                }
            }
            case PresenceBatch batch -> {
                attendance.others().onBatch(batch, admitted, now, sink);
                batch.added().forEach(user -> departure.onNamed(user.user(), batch.server(), now));
            }
            case Greeting greeting -> membership.onGreeting(link, greeting, admitted, now, sink);
            case ServerWelcome welcome -> {
                membership.onWelcome(link, welcome, admitted, now, sink);
                if (links.isLinkOf(link, welcome.server())) {
                    rosters.of(welcome, admitted)
                            .ifPresent(present ->
                                    attendance.others().onBatch(present, admitted, now, sink));
                }
            }
            case PubkeyResponse answer -> attendance.others().onKey(answer, admitted, now, sink);
            case Heartbeat heartbeat ->
                    membership.onSign(link, heartbeat.server(), admitted, now, sink);
            case ChannelMessage message -> {
                if (message instanceof PublicChannelUpdated updated) {
                    rosters.of(updated, admitted)
                            .ifPresent(present ->
                                    attendance.others().onBatch(present, admitted, now, sink));
                }
                channel.onChannel(message, admitted, sink);
            }
            case CtrlClose _ -> departure.onPeerGoing(link, now, sink);
            case UserWelcome _, ChatMessage _, NoticeMessage _, QueryMessage _ ->
                    throw new IllegalStateException(
                            admitted.message().type() + " is not for the control plane");
        }
    }
}
