package io.socp.relay.engine;

import io.socp.relay.dedup.Admission;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dedup.SeenMessages;
import io.socp.relay.dialect.PeerReader;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkPolicy;
import io.socp.relay.verify.MessageVerifier;
import io.socp.relay.verify.Rejection;
import io.socp.relay.verify.Verification;
import io.socp.relay.verify.Vetted;
import io.socp.relay.verify.Vetting;
import java.util.List;

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
    private final Dispatch dispatch;
    private final PeerReader peerReader = new PeerReader();

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
        this.dispatch = new Dispatch(self, view, queries);
    }

    /** Everything that can be decided about a frame without RSA. */
    public Intake intake(Envelope envelope, LinkId source, LinkIdentity link, Moment now) {
        if (link instanceof LinkIdentity.Server && envelope.from().equals(self.id().value())) {
            // Our own gossip, echoed by a peer.
            return ended(Verdict.DUPLICATE);
        }
        return switch (parser.parse(standard(envelope, link))) {
            case Parsing.Parsed(SocpMessage message) -> vet(envelope, message, source, link, now);
            case Parsing.Malformed malformed ->
                    new Intake.Ended(malformed(envelope, malformed, source, link, now));
        };
    }

    /** Other servers' words for some things are not the standard's. */
    private Envelope standard(Envelope envelope, LinkIdentity link) {
        return link instanceof LinkIdentity.Server(ServerId peer, _)
                ? peerReader.standard(envelope, peer)
                : envelope;
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
                        case Admitted admitted -> dispatch.carryOn(admitted, source, now);
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

    private Outcome malformed(
            Envelope envelope,
            Parsing.Malformed malformed,
            LinkId source,
            LinkIdentity link,
            Moment now) {
        boolean fromServer = link instanceof LinkIdentity.Server;
        boolean isForeignGossip = fromServer && malformed instanceof Parsing.UnknownType;
        if (isForeignGossip || link instanceof LinkIdentity.Introducer || isNotice(envelope)) {
            return new Outcome(Verdict.UNUSABLE, List.of());
        }
        // Other servers' gossip takes many forms: no form of it is worth a link.
        Verdict verdict =
                malformed instanceof Parsing.BadField && !fromServer
                        ? Verdict.MALFORMED
                        : Verdict.UNUSABLE;
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
        // Who has not answered our greeting yet may speak to whoever it takes us for.
        boolean isEarly =
                link instanceof LinkIdentity.Introducer && !envelope.type().startsWith("SERVER_");
        if (isNotice(envelope) || isEarly) {
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

    private static Intake ended(Verdict verdict) {
        return new Intake.Ended(new Outcome(verdict, List.of()));
    }
}
