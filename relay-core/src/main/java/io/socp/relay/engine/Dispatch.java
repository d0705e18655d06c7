package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dedup.SeenMessages;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.dialect.PeerFrames;
import io.socp.relay.dialect.PeerReader;
import io.socp.relay.dialect.UserFrames;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Convey;
import io.socp.relay.engine.RelayEffect.HandOver;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEffect.SendToUsers;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MessageReference;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.route.RouteDecision.Answer;
import io.socp.relay.route.RouteDecision.Deliver;
import io.socp.relay.route.RouteDecision.Done;
import io.socp.relay.route.RouteDecision.Forward;
import io.socp.relay.route.RouteDecision.HandOn;
import io.socp.relay.route.RouteDecision.PassOn;
import io.socp.relay.route.RouteDecision.PassToAll;
import io.socp.relay.route.RouteDecision.PassToEach;
import io.socp.relay.route.RouteDecision.ToControlPlane;
import io.socp.relay.route.RouteDecision.Undeliverable;
import io.socp.relay.route.Router;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last steps of an admitted message: where it goes, and in which form each reader gets it.
 * Thread-safe: reads the view, and remembers with the other seen messages what it signs anew.
 */
@ThreadSafe
final class Dispatch {

    private final Self self;
    private final LiveView view;
    private final SeenMessages seen;
    private final DirectoryQueries queries;
    private final UserFrames frames;
    private final Complaints complaints;
    private final Router router = new Router();

    Dispatch(
            Self self,
            LiveView view,
            SeenMessages seen,
            DirectoryQueries queries,
            Expected expected) {
        this.self = self;
        this.view = view;
        this.seen = seen;
        this.queries = queries;
        this.frames = new UserFrames(self.id().value());
        this.complaints = new Complaints(view, expected);
    }

    Outcome carryOn(Admitted admitted, LinkId source, Moment now) {
        return switch (router.decide(admitted, view)) {
            case Deliver(LinkId link, var message) ->
                    accepted(
                            new HandOver(
                                    link,
                                    frames.deliver(
                                            message,
                                            view.dialects().of(link),
                                            view.keyOf(message.author())),
                                    new Complaint(
                                            message.author(),
                                            message.recipient(),
                                            MessageReference.bitsOf(
                                                    message.sealed().contentSig()))));
            case Forward(ServerId hop, ServerId home, ServerDeliver message) ->
                    accepted(forward(hop, home, message));
            case PassOn(ServerId hop, ServerId home, UserId recipient) ->
                    passOn(hop, home, recipient, admitted);
            case PassToEach(var users, var servers) -> {
                List<RelayEffect> effects = convey(servers, admitted, null);
                effects.add(new Send(users, passable(admitted, standard(admitted))));
                yield accepted(effects);
            }
            case HandOn(LinkId link) ->
                    accepted(
                            new HandOver(
                                    link,
                                    versions(admitted).in(view.dialects().of(link)),
                                    complaints.of(admitted, new UserId(standard(admitted).to()))));
            case PassToAll(Collection<ServerId> peers) -> {
                List<RelayEffect> effects = convey(peers, admitted, null);
                effects.add(new SendToUsers(Audience.EVERYONE, source, versions(admitted)));
                yield accepted(effects);
            }
            case Undeliverable(String recipient) -> undeliverable(admitted, recipient, source, now);
            case Answer(var query) -> accepted(queries.answer(query, admitted, source, now));
            case ToControlPlane() -> accepted(new Post(new RelayEvent.Received(source, admitted)));
            case Done() -> done(admitted, source);
        };
    }

    /**
     * A server that looks for its maker's key gets the frame as it is (§8.3). The others believe
     * their link alone: they get a frame of ours, and no message twice, whoever returns it.
     */
    private Outcome passOn(ServerId hop, ServerId home, UserId recipient, Admitted admitted) {
        if (!(admitted.message() instanceof ServerDeliver received)) {
            return accepted(convey(List.of(hop), admitted, complaints.of(admitted, recipient)));
        }
        PeerDialect dialect = view.dialects().ofServer(hop);
        if (admitted.envelope().sig().isEmpty() && dialect.isOwn()) {
            return passOnUnsigned(received, hop);
        }
        if (dialect.reads(admitted.envelope(), received) && !admitted.envelope().sig().isEmpty()) {
            return accepted(convey(List.of(hop), admitted, complaints.of(admitted, recipient)));
        }
        var ours =
                new ServerDeliver(
                        self.id(), recipient, received.author(), received.ts(), received.sealed());
        Envelope identity =
                Envelope.of(
                        ours.type().name(),
                        self.id().value(),
                        recipient.value(),
                        ours.ts(),
                        PayloadWriter.payload(ours),
                        "");
        return seen.isFirst(identity)
                ? accepted(forward(hop, home, ours))
                : new Outcome(Verdict.DUPLICATE, List.of());
    }

    /**
     * What came unsigned was for a user of ours, who has moved meanwhile. We are not its author's
     * server, and nobody believes us in that server's place: the author's own proof goes along.
     */
    private Outcome passOnUnsigned(ServerDeliver received, ServerId hop) {
        var direct =
                new MsgDirect(
                        received.author(), received.recipient(), received.ts(), received.sealed());
        Envelope authors =
                Envelope.of(
                        direct.type().name(),
                        direct.author().value(),
                        direct.recipient().value(),
                        direct.ts(),
                        PayloadWriter.payload(direct),
                        "");
        var complaint =
                new Complaint(
                        direct.author(),
                        direct.recipient(),
                        MessageReference.bitsOf(direct.contentSig()));
        return seen.isFirst(authors)
                ? accepted(
                        new Convey(
                                List.of(hop),
                                OutboundFrame.signedByUs(authors),
                                direct.ts(),
                                complaint))
                : new Outcome(Verdict.DUPLICATE, List.of());
    }

    private Convey forward(ServerId hop, ServerId home, ServerDeliver message) {
        PeerDialect dialect = view.dialects().ofServer(hop);
        OutboundFrame frame =
                OutboundFrame.ofOurs(
                        message.type().name(),
                        PeerFrames.deliver(message, dialect),
                        self.towards(dialect).id().value(),
                        home.value(),
                        message.ts());
        return new Convey(
                List.of(hop),
                // Whoever only passes it on needs our signature.
                hop.equals(home) && provesFrames(hop) ? frame.withoutSignature() : frame,
                message.ts(),
                new Complaint(
                        message.author(),
                        message.recipient(),
                        MessageReference.bitsOf(message.sealed().contentSig())));
    }

    /** The message for these servers, once for each form in which they read it. */
    private List<RelayEffect> convey(
            Collection<ServerId> servers, Admitted admitted, @Nullable Complaint complaint) {
        Envelope standard = standard(admitted);
        OutboundFrame common = passable(admitted, standard);
        long ts = standard.ts();
        List<ServerId> readers = new ArrayList<>(servers.size());
        Map<PeerDialect, List<ServerId>> others = new LinkedHashMap<>();
        List<RelayEffect> effects = new ArrayList<>();
        for (ServerId server : servers) {
            PeerDialect dialect = view.dialects().ofServer(server);
            if (!(admitted.message() instanceof Authored) || dialect.isOwn()) {
                readers.add(server);
            } else {
                others.computeIfAbsent(dialect, _ -> new ArrayList<>()).add(server);
            }
        }
        if (admitted.message() instanceof Authored authored) {
            others.forEach((dialect, group) -> {
                ServerId us = self.towards(dialect).id();
                PeerFrames.passedOn(standard, authored, dialect, us)
                        .ifPresentOrElse(
                                frame -> effects.add(new Convey(group, frame, ts, complaint)),
                                () -> readers.addAll(group));
            });
        }
        if (!common.isSignedFor(FrameProof.LINK)) {
            List<ServerId> trusting = readers.stream().filter(this::provesFrames).toList();
            readers.removeAll(trusting);
            if (!trusting.isEmpty()) {
                effects.add(new Convey(trusting, common.withoutSignature(), ts, complaint));
            }
        }
        if (!readers.isEmpty()) {
            effects.addFirst(new Convey(readers, common, ts, complaint));
        }
        return effects;
    }

    private boolean provesFrames(ServerId server) {
        return view.peers().framesOf(server) == FrameProof.LINK;
    }

    /**
     * The received frame, where its author's own signature is the proof; else with ours: the next
     * server would have nothing to hold on to.
     */
    private OutboundFrame passable(Admitted admitted, Envelope standard) {
        boolean provenByAuthor =
                switch (admitted.proof()) {
                    // What came unsigned on the link's word goes to nobody unsigned on ours.
                    case Proof.ContentSignedBy _ -> admitted.link().frames() != FrameProof.LINK;
                    case Proof.SignedBy(RsaPublicKey key) ->
                            !(admitted.message() instanceof Authored authored)
                                    || key.equals(view.keyOf(authored.author()));
                    case Proof.FirstContact _, Proof.LinkOnly _ -> false;
                };
        return provenByAuthor && standard.equals(admitted.envelope())
                ? OutboundFrame.asReceived(admitted.envelope())
                : OutboundFrame.signedByUs(standard);
    }

    /** The received envelope, or what the standard has for it where a peer wrapped it. */
    private static Envelope standard(Admitted admitted) {
        Envelope received = admitted.envelope();
        if (!(admitted.message() instanceof Authored authored)
                || (received.type().equals(authored.type().name())
                        && received.from().equals(authored.author().value()))) {
            return received;
        }
        return Envelope.of(
                authored.type().name(),
                authored.author().value(),
                authored.to(),
                authored.ts(),
                PeerReader.payload(received, authored),
                "");
    }

    private FrameVersions versions(Admitted admitted) {
        Envelope standard = standard(admitted);
        OutboundFrame frame = passable(admitted, standard);
        return admitted.message() instanceof Authored authored
                ? frames.passedOn(standard, authored, frame, view.dialects().inUse())
                : FrameVersions.uniform(frame);
    }

    private Outcome done(Admitted admitted, LinkId source) {
        if (admitted.message() instanceof CtrlClose) {
            if (admitted.link() instanceof LinkIdentity.Server
                    && view.dialects().isOwnRelay(source)) {
                // It closes the link itself, once it has brought away what it has.
                return accepted(new Post(new RelayEvent.Received(source, admitted)));
            }
            return accepted(new Close(source, CloseReason.NORMAL, "bye"));
        }
        return admitted.message() instanceof ErrorNotice error
                ? accepted(complaints.reported(error, admitted, source))
                : accepted();
    }

    private Outcome undeliverable(Admitted admitted, String recipient, LinkId source, Moment now) {
        List<RelayEffect> effects =
                switch (admitted.link()) {
                    case LinkIdentity.User user ->
                            List.of(notFound(admitted, user.user(), recipient, source, now));
                    case LinkIdentity.Server _ ->
                            complaints.misdirected(admitted, recipient, source);
                    case LinkIdentity.Stranger _, LinkIdentity.Introducer _ -> List.of();
                };
        return new Outcome(Verdict.UNDELIVERABLE, effects);
    }

    private RelayEffect notFound(
            Admitted admitted, UserId author, String recipient, LinkId source, Moment now) {
        // What its author has signed cost him as much as our answer costs us.
        return admitted.proof() instanceof Proof.LinkOnly
                ? self.error(source, author.value(), ErrorCode.USER_NOT_FOUND, recipient, now)
                : self.notFound(source, author, recipient, now);
    }

    private static Outcome accepted(RelayEffect... effects) {
        return accepted(List.of(effects));
    }

    private static Outcome accepted(List<RelayEffect> effects) {
        return new Outcome(Verdict.ACCEPTED, effects);
    }
}
