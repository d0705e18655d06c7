package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admission;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dedup.SeenMessages;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.dialect.UserFrames;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Convey;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEffect.SendToUsers;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.route.RouteDecision;
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
import io.socp.relay.verify.LinkPolicy;
import io.socp.relay.verify.MessageVerifier;
import io.socp.relay.verify.Proof;
import io.socp.relay.verify.Rejection;
import io.socp.relay.verify.Verification;
import io.socp.relay.verify.Vetted;
import io.socp.relay.verify.Vetting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one frame through the house: vet, verify, admit, route. Thread-safe; the only state is
 * the memory of seen messages.
 *
 * <p>{@link #intake} costs no RSA and runs on the link's loop; {@link #process} verifies and runs
 * on a worker. Frames of one link may be processed side by side, but their effects must be carried
 * out in the order of arrival.
 */
@ThreadSafe
public final class DataPath {

    private final Self self;
    private final MessageParser parser;
    private final LinkPolicy policy;
    private final MessageVerifier verifier;
    private final SeenMessages seen;
    private final LiveView view;
    private final DirectoryQueries queries;
    private final UserFrames frames;
    private final Complaints complaints;
    private final Router router = new Router();

    DataPath(
            Self self,
            MessageParser parser,
            LinkPolicy policy,
            MessageVerifier verifier,
            SeenMessages seen,
            LiveView view,
            DirectoryQueries queries) {
        this.self = self;
        this.parser = parser;
        this.policy = policy;
        this.verifier = verifier;
        this.seen = seen;
        this.view = view;
        this.frames = new UserFrames(self.id().value());
        this.queries = queries;
        this.complaints = new Complaints(view);
    }

    /** Everything that can be decided about a frame without RSA. */
    public Intake intake(Envelope envelope, LinkId source, LinkIdentity link, Moment now) {
        if (link instanceof LinkIdentity.Server && envelope.from().equals(self.id().value())) {
            // Our own gossip, echoed by a peer.
            return ended(Verdict.DUPLICATE);
        }
        return switch (parser.parse(envelope)) {
            case Parsing.Parsed(SocpMessage message) -> vet(envelope, message, source, link, now);
            case Parsing.Malformed malformed ->
                    new Intake.Ended(malformed(envelope, malformed, source, link, now));
        };
    }

    /** The answer to bytes that are no envelope. */
    public Outcome undecodable(
            DecodeFailure failure, LinkId source, LinkIdentity link, Moment now) {
        return new Outcome(
                Verdict.MALFORMED,
                List.of(
                        self.error(
                                source,
                                nameOf(link),
                                ErrorCode.UNKNOWN_TYPE,
                                failure.detail(),
                                now)));
    }

    /** The answer to a link that said nothing for too long, before it is closed. */
    public Outcome silent(String detail, LinkId source, Moment now) {
        return new Outcome(
                Verdict.REFUSED,
                List.of(
                        self.error(source, "", ErrorCode.TIMEOUT, detail, now),
                        new Close(source, CloseReason.POLICY, detail)));
    }

    /** Verifies, admits and routes; one RSA verification in the common case. */
    public Outcome process(Vetted vetted, LinkId source, LinkIdentity link, Moment now) {
        return switch (verifier.verify(vetted)) {
            case Verification.Rejected(Rejection rejection) ->
                    rejected(Verdict.UNVERIFIED, vetted.envelope(), rejection, source, link, now);
            case Verification.Accepted(var verified) ->
                    switch (seen.admit(verified)) {
                        case Admission.Duplicate() -> new Outcome(Verdict.DUPLICATE, List.of());
                        case Admitted admitted -> route(admitted, source, now);
                    };
        };
    }

    private Intake vet(
            Envelope envelope, SocpMessage message, LinkId source, LinkIdentity link, Moment now) {
        return switch (policy.vet(envelope, message, link, now)) {
            case Vetting.Refused(Rejection rejection) ->
                    new Intake.Ended(
                            rejected(Verdict.REFUSED, envelope, rejection, source, link, now));
            case Vetted vetted ->
                    seen.alreadyAdmitted(envelope, message)
                            ? ended(Verdict.DUPLICATE)
                            : new Intake.Work(vetted);
        };
    }

    private Outcome route(Admitted admitted, LinkId source, Moment now) {
        RouteDecision decision = router.decide(admitted, view);
        return switch (decision) {
            case Deliver(LinkId link, var message) ->
                    accepted(
                            new Send(
                                    link,
                                    frames.deliver(
                                            message,
                                            view.dialects().of(link),
                                            view.keyOf(message.author()))));
            case Forward(var home, var message) ->
                    accepted(
                            new Convey(
                                    List.of(home),
                                    self.to(home, message, message.ts()),
                                    message.ts(),
                                    new Complaint(message.author(), message.recipient())));
            case PassOn(var home, var recipient) ->
                    accepted(
                            convey(
                                    List.of(home),
                                    admitted,
                                    passable(admitted),
                                    complaints.of(admitted, recipient)));
            case PassToEach(var users, var servers) -> {
                OutboundFrame frame = passable(admitted);
                yield accepted(new Send(users, frame), convey(servers, admitted, frame, null));
            }
            case HandOn(LinkId link) ->
                    accepted(new Send(link, versions(admitted).in(view.dialects().of(link))));
            case PassToAll(var peers) ->
                    accepted(
                            new SendToUsers(Audience.EVERYONE, source, versions(admitted)),
                            convey(peers, admitted, passable(admitted), null));
            case Undeliverable(String recipient) -> undeliverable(admitted, recipient, source, now);
            case Answer(var query) -> accepted(queries.answer(query, admitted, source, now));
            case ToControlPlane() -> accepted(new Post(new RelayEvent.Received(source, admitted)));
            case Done() -> done(admitted, source);
        };
    }

    /**
     * The received frame, where its author's own signature is the proof; else with ours: the next
     * server would have nothing to hold on to.
     */
    private OutboundFrame passable(Admitted admitted) {
        boolean provenByAuthor =
                switch (admitted.proof()) {
                    case Proof.ContentSignedBy _ -> true;
                    case Proof.SignedBy(RsaPublicKey key) ->
                            !(admitted.message() instanceof Authored authored)
                                    || key.equals(view.keyOf(authored.author()));
                    case Proof.FirstContact _, Proof.LinkOnly _ -> false;
                };
        return provenByAuthor
                ? OutboundFrame.asReceived(admitted.envelope())
                : OutboundFrame.signedByUs(admitted.envelope());
    }

    private FrameVersions versions(Admitted admitted) {
        OutboundFrame frame = passable(admitted);
        return admitted.message() instanceof Authored authored
                ? frames.passedOn(admitted.envelope(), authored, frame, view.dialects().inUse())
                : FrameVersions.uniform(frame);
    }

    private Outcome done(Admitted admitted, LinkId source) {
        if (admitted.message() instanceof CtrlClose) {
            return accepted(new Close(source, CloseReason.NORMAL, "bye"));
        }
        Complaint complaint =
                admitted.message() instanceof ErrorNotice error
                        ? complaints.reported(error, admitted.envelope(), source)
                        : null;
        return complaint == null
                ? accepted()
                : accepted(new Post(new RelayEvent.Undelivered(complaint)));
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

    private static RelayEffect convey(
            List<ServerId> servers,
            Admitted admitted,
            OutboundFrame frame,
            @Nullable Complaint complaint) {
        return new Convey(servers, frame, admitted.envelope().ts(), complaint);
    }

    private Outcome malformed(
            Envelope envelope,
            Parsing.Malformed malformed,
            LinkId source,
            LinkIdentity link,
            Moment now) {
        boolean foreignGossip =
                link instanceof LinkIdentity.Server && malformed instanceof Parsing.UnknownType;
        Verdict verdict =
                switch (malformed) {
                    case Parsing.BadField _ -> Verdict.MALFORMED;
                    case Parsing.UnknownType _, Parsing.BadKey _ -> Verdict.UNUSABLE;
                };
        if (foreignGossip || isNotice(envelope)) {
            return new Outcome(Verdict.UNUSABLE, List.of());
        }
        RelayEffect error =
                self.error(source, nameOf(link), malformed.code(), malformed.detail(), now);
        boolean badHello = malformed instanceof Parsing.BadKey && !isIdentified(link);
        boolean noHello = malformed instanceof Parsing.UnknownType && !isIdentified(link);
        return new Outcome(
                verdict,
                badHello || noHello
                        ? List.of(
                                error,
                                new Close(source, CloseReason.POLICY, malformed.code().name()))
                        : List.of(error));
    }

    private Outcome rejected(
            Verdict verdict,
            Envelope envelope,
            Rejection rejection,
            LinkId source,
            LinkIdentity link,
            Moment now) {
        if (isNotice(envelope)) {
            return new Outcome(verdict, List.of());
        }
        RelayEffect error =
                self.error(
                        source, nameOf(link), rejection.reason().code(), rejection.detail(), now);
        Close close = new Close(source, CloseReason.POLICY, rejection.reason().name());
        return new Outcome(
                verdict,
                switch (rejection.reason()) {
                    case NO_HELLO -> List.of(error, close);
                    // The welcome may still be under way: not worth a link.
                    case TOO_EARLY -> List.of();
                    // On a peer's link it is gossip about a third server, and no reason to part.
                    case KEY_MISMATCH ->
                            link instanceof LinkIdentity.Server
                                    ? List.of(report("gossip ignored: ", rejection))
                                    : List.of(error, report("link refused: ", rejection), close);
                    // What a peer passes on, late or from strangers, is hardly the peer's fault.
                    case UNKNOWN_ORIGIN, STALE, HEARSAY ->
                            link instanceof LinkIdentity.Server ? List.of() : List.of(error);
                    case OUT_OF_PLACE, FOREIGN_SENDER, SIGNATURE_MISSING, SIGNATURE_WRONG ->
                            List.of(error);
                });
    }

    private static RelayEffect report(String what, Rejection rejection) {
        return new Report(Notice.warn(what + rejection.detail()));
    }

    /** An ERROR or an ACK is never answered, or two servers could answer each other for ever. */
    private static boolean isNotice(Envelope envelope) {
        return envelope.type().equals("ERROR") || envelope.type().equals("ACK");
    }

    private static boolean isIdentified(LinkIdentity link) {
        return switch (link) {
            case LinkIdentity.User _, LinkIdentity.Server _ -> true;
            case LinkIdentity.Stranger _, LinkIdentity.Introducer _ -> false;
        };
    }

    private static String nameOf(LinkIdentity link) {
        return switch (link) {
            case LinkIdentity.User user -> user.user().value();
            case LinkIdentity.Server server -> server.server().value();
            case LinkIdentity.Stranger _, LinkIdentity.Introducer _ -> "";
        };
    }

    private static Outcome accepted(RelayEffect... effects) {
        return new Outcome(Verdict.ACCEPTED, List.of(effects));
    }

    private static Intake ended(Verdict verdict) {
        return new Intake.Ended(new Outcome(verdict, List.of()));
    }
}
