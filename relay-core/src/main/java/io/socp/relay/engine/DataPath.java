package io.socp.relay.engine;

import io.socp.relay.dedup.Admission;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dedup.SeenMessages;
import io.socp.relay.dialect.PeerReader;
import io.socp.relay.dialect.UserReader;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.limit.Bans;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkPolicy;
import io.socp.relay.verify.MessageVerifier;
import io.socp.relay.verify.Rejection;
import io.socp.relay.verify.Verification;
import io.socp.relay.verify.Vetted;
import io.socp.relay.verify.Vetting;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way of one frame through the house: vet, verify, admit, route. Thread-safe; its only state
 * are the memories of seen messages and of the authors of files under way.
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
    private final Dispatch dispatch;
    private final LiveView view;
    private final Conduct conduct;
    private final Blame blame;
    private final EntryBans bans;
    private final Absences absences;
    private final Trail trail;
    private final PeerReader peerReader = new PeerReader();

    DataPath(
            Self self,
            MessageParser parser,
            LinkPolicy policy,
            MessageVerifier verifier,
            SeenMessages seen,
            LiveView view,
            DirectoryQueries queries,
            Conduct conduct,
            Bans bans,
            Expected expected,
            Trail trail) {
        this.trail = trail;
        this.absences = new Absences(expected, view, trail);
        this.self = self;
        this.bans = new EntryBans(bans);
        this.parser = parser;
        this.policy = policy;
        this.verifier = verifier;
        this.seen = seen;
        this.view = view;
        this.conduct = conduct;
        this.blame = new Blame(view);
        this.dispatch = new Dispatch(self, view, seen, queries, expected);
    }

    /** Everything that can be decided about a frame without RSA. */
    public Intake intake(Envelope envelope, LinkId source, LinkIdentity link, Moment now) {
        if (isRefused(source, link, now)) {
            return ended(Verdict.REFUSED);
        }
        if (link instanceof LinkIdentity.Server && self.isCalled(envelope.from())) {
            // Our own gossip, echoed by a peer.
            return ended(Verdict.DUPLICATE);
        }
        if (link instanceof LinkIdentity.Stranger) {
            Optional<OutboundFrame> answer = UserReader.answer(envelope, self.id(), now.epochMs());
            if (answer.isPresent()) {
                return new Intake.Ended(
                        new Outcome(Verdict.ACCEPTED, List.of(new Send(source, answer.get()))));
            }
        }
        return switch (parser.parse(standard(envelope, link))) {
            case Parsing.Parsed(SocpMessage message) -> {
                Bans.Ban ban = isIdentified(link) ? null : bans.of(message, now);
                yield ban == null
                        ? trail.passing(
                                vet(envelope, message, source, link, now),
                                message,
                                envelope,
                                link,
                                now)
                        : EntryBans.shutOut(ban, source);
            }
            case Parsing.Malformed malformed ->
                    new Intake.Ended(
                            charged(
                                    malformed(envelope, malformed, source, link, now),
                                    Blame.of(envelope, malformed),
                                    malformed.detail(),
                                    source,
                                    link,
                                    now));
        };
    }

    /** Others' words for some things are not the standard's. */
    private Envelope standard(Envelope envelope, LinkIdentity link) {
        return switch (link) {
            case LinkIdentity.Server(ServerId peer, _, _) -> peerReader.standard(envelope, peer);
            case LinkIdentity.User _ -> UserReader.standard(envelope);
            case LinkIdentity.Stranger _ -> UserReader.hello(envelope);
            case LinkIdentity.Introducer _ -> envelope;
        };
    }

    /** The answer to bytes that are no envelope. */
    public Outcome undecodable(
            DecodeFailure failure, LinkId source, LinkIdentity link, Moment now) {
        if (failure instanceof DecodeFailure.BrokenNotice) {
            return new Outcome(Verdict.UNUSABLE, List.of());
        }
        String detail = failure.detail();
        RelayEffect error =
                self.error(source, Blame.nameOf(link), ErrorCode.UNKNOWN_TYPE, detail, now);
        Outcome outcome = new Outcome(Verdict.MALFORMED, List.of(error));
        return charged(outcome, Offence.MALFORMED, detail, source, link, now);
    }

    /** The answer to a link that said nothing for too long, before it is closed. */
    public Outcome silent(String detail, LinkId source, Moment now) {
        return new Outcome(
                Verdict.REFUSED,
                List.of(
                        self.error(source, "", ErrorCode.TIMEOUT, detail, now),
                        new Close(source, CloseReason.POLICY, detail)));
    }

    /**
     * The answer to a frame that is not taken, whatever is in it.
     *
     * @param close what follows the answer; null for nothing
     */
    public Outcome notTaken(
            Envelope envelope,
            Verdict verdict,
            String detail,
            LinkId source,
            LinkIdentity link,
            @Nullable CloseReason close,
            Moment now) {
        // None of the standard's six codes says it; this one is not for ever either.
        RelayEffect error = self.error(source, Blame.nameOf(link), ErrorCode.TIMEOUT, detail, now);
        Stream<RelayEffect> answer = Blame.isNotice(envelope) ? Stream.of() : Stream.of(error);
        Stream<RelayEffect> end =
                close == null ? Stream.of() : Stream.of(new Close(source, close, detail));
        return new Outcome(verdict, Stream.concat(answer, end).toList());
    }

    /** Verifies, admits and routes; one RSA verification in the common case. */
    public Outcome process(Vetted vetted, LinkId source, LinkIdentity link, Moment now) {
        Outcome outcome =
                isRefused(source, link, now)
                        ? new Outcome(Verdict.REFUSED, List.of())
                        : decide(vetted, source, link, now);
        trail.add(vetted.message(), vetted.envelope(), link, outcome, now);
        return outcome;
    }

    private Outcome decide(Vetted vetted, LinkId source, LinkIdentity link, Moment now) {
        return switch (verifier.verify(vetted)) {
            case Verification.Rejected(Rejection rejection) ->
                    charged(
                            rejected(
                                    Verdict.UNVERIFIED,
                                    vetted.envelope(),
                                    rejection,
                                    source,
                                    link,
                                    now),
                            blame.of(vetted.envelope(), vetted.message(), rejection, link),
                            rejection.detail(),
                            source,
                            link,
                            now);
            case Verification.Accepted(var verified) ->
                    switch (seen.admit(verified)) {
                        case Admission.Duplicate() -> new Outcome(Verdict.DUPLICATE, List.of());
                        case Admitted admitted -> dispatch.carryOn(admitted, source, now);
                    };
        };
    }

    /**
     * Routes a message that was processed before, and whose effects were not carried out, since its
     * reader has gone meanwhile.
     */
    public Outcome processAgain(Vetted vetted, LinkId source, Moment now) {
        return switch (verifier.verify(vetted)) {
            case Verification.Rejected _ -> new Outcome(Verdict.UNVERIFIED, List.of());
            case Verification.Accepted(var verified) -> {
                Outcome outcome = dispatch.carryOn(seen.admitAgain(verified), source, now);
                trail.add(vetted.message(), vetted.envelope(), verified.link(), outcome, now);
                yield outcome;
            }
        };
    }

    /** Who is away for a moment. */
    public Absences absences() {
        return absences;
    }

    private Intake vet(
            Envelope envelope, SocpMessage message, LinkId source, LinkIdentity link, Moment now) {
        return switch (policy.vet(envelope, message, link, now)) {
            case Vetting.Refused(Rejection rejection) ->
                    refused(
                            charged(
                                    rejected(
                                            Verdict.REFUSED,
                                            envelope,
                                            rejection,
                                            source,
                                            link,
                                            now),
                                    blame.of(envelope, message, rejection, link),
                                    rejection.detail(),
                                    source,
                                    link,
                                    now),
                            message,
                            rejection,
                            link);
            case Vetted vetted ->
                    seen.alreadyAdmitted(envelope, message)
                            ? new Intake.Ended(copy(envelope, source, link, now))
                            : absences.waitingOrWork(vetted, now);
        };
    }

    private Intake refused(
            Outcome outcome, SocpMessage message, Rejection rejection, LinkIdentity link) {
        return message instanceof Authored authored
                        && link instanceof LinkIdentity.Server
                        && rejection.reason() == Rejection.Reason.UNKNOWN_ORIGIN
                        && view.homeOf(authored.author()) == null
                ? new Intake.Early(authored.author(), outcome, message)
                : new Intake.Ended(outcome);
    }

    /** A copy of an admitted message; a server may bring each once on a link, and once more. */
    private Outcome copy(Envelope envelope, LinkId source, LinkIdentity link, Moment now) {
        Outcome outcome = new Outcome(Verdict.DUPLICATE, List.of());
        return link instanceof LinkIdentity.Server && seen.isRepeated(envelope, source)
                ? charged(
                        outcome,
                        Offence.REPLAYS_MESSAGE,
                        "the same " + envelope.type() + " again and again",
                        source,
                        link,
                        now)
                : outcome;
    }

    private boolean isRefused(LinkId source, LinkIdentity link, Moment now) {
        return link instanceof LinkIdentity.Server(ServerId peer, _, _)
                && conduct.isRefused(peer, source, now);
    }

    /** The outcome, and what a peer's offence brings with it; anyone else's brings nothing. */
    private Outcome charged(
            Outcome outcome,
            @Nullable Offence offence,
            String detail,
            LinkId source,
            LinkIdentity link,
            Moment now) {
        if (offence == null || !(link instanceof LinkIdentity.Server(ServerId peer, _, _))) {
            return outcome;
        }
        String text = "server " + peer + ", " + offence + ": " + detail;
        List<RelayEffect> consequences = conduct.onOffence(peer, source, offence, text, now);
        return consequences.isEmpty()
                ? outcome
                : new Outcome(
                        outcome.verdict(),
                        Stream.concat(outcome.effects().stream(), consequences.stream()).toList());
    }

    private Outcome malformed(
            Envelope envelope,
            Parsing.Malformed malformed,
            LinkId source,
            LinkIdentity link,
            Moment now) {
        boolean fromServer = link instanceof LinkIdentity.Server;
        boolean isForeignGossip = fromServer && malformed instanceof Parsing.UnknownType;
        if (isForeignGossip
                || link instanceof LinkIdentity.Introducer
                || Blame.isNotice(envelope)) {
            return new Outcome(Verdict.UNUSABLE, List.of());
        }
        // Other servers' gossip takes many forms: no form of it is worth a link.
        Verdict verdict =
                malformed instanceof Parsing.BadField && !fromServer
                        ? Verdict.MALFORMED
                        : Verdict.UNUSABLE;
        RelayEffect error =
                self.error(source, Blame.nameOf(link), malformed.code(), malformed.detail(), now);
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
        // Who has not answered our greeting yet may speak to whoever it takes us for.
        boolean isEarly =
                link instanceof LinkIdentity.Introducer && !envelope.type().startsWith("SERVER_");
        if (Blame.isNotice(envelope) || isEarly) {
            return new Outcome(verdict, List.of());
        }
        RelayEffect error =
                self.error(
                        source,
                        Blame.nameOf(link),
                        rejection.reason().code(),
                        rejection.detail(),
                        now);
        Close close = new Close(source, CloseReason.POLICY, rejection.reason().name());
        return new Outcome(
                verdict,
                switch (rejection.reason()) {
                    case NO_HELLO, MEANT_FOR_ANOTHER -> List.of(error, close);
                    // The welcome may still be under way: not worth a link.
                    case TOO_EARLY -> List.of();
                    // On a peer's link it is gossip about a third server, and no reason to part.
                    case KEY_MISMATCH ->
                            link instanceof LinkIdentity.Server
                                    ? List.of()
                                    : List.of(error, report(rejection), close);
                    // What a peer passes on, late or from strangers, is hardly the peer's fault.
                    case UNKNOWN_ORIGIN, STALE, HEARSAY ->
                            link instanceof LinkIdentity.Server ? List.of() : List.of(error);
                    case OUT_OF_PLACE, FOREIGN_SENDER, SIGNATURE_MISSING, SIGNATURE_WRONG ->
                            List.of(error);
                });
    }

    private static RelayEffect report(Rejection rejection) {
        return new Report(Notice.warn("link refused: {}").with("detail", rejection.detail()));
    }

    private static boolean isIdentified(LinkIdentity link) {
        return switch (link) {
            case LinkIdentity.User _, LinkIdentity.Server _ -> true;
            case LinkIdentity.Stranger _, LinkIdentity.Introducer _ -> false;
        };
    }

    private static Intake ended(Verdict verdict) {
        return new Intake.Ended(new Outcome(verdict, List.of()));
    }
}
