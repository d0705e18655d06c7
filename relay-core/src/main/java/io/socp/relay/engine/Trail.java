package io.socp.relay.engine;

import io.socp.relay.engine.RelayEffect.Convey;
import io.socp.relay.engine.RelayEffect.HandOver;
import io.socp.relay.engine.RelayEffect.SendToUsers;
import io.socp.relay.engine.TrailStep.Fate;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.MessageReference;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory of what was done with messages lately: who brought each, and who got it. Thread-safe:
 * in stripes by reference, each with a lock of its own.
 *
 * <p>Bounded in steps and in time. Knows no content, and of pieces of files nothing: they would
 * push out all else.
 */
@ThreadSafe
public final class Trail {

    /** What is older is told to nobody. */
    public static final Duration AGE_MAX = Duration.ofMinutes(15);

    /** A power of two. */
    static final int STRIPES = 16;

    private final TrailStripe[] stripes;

    /** Remembers at most so many steps, rounded down to whole stripes; fewer than that are none. */
    Trail(int stepsMax) {
        int each = stepsMax / STRIPES;
        stripes = new TrailStripe[each == 0 ? 0 : STRIPES];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new TrailStripe(each);
        }
    }

    /** Remembers what became of a message that came on this link. */
    void add(
            SocpMessage message,
            Envelope envelope,
            LinkIdentity link,
            Outcome outcome,
            Moment now) {
        if (stripes.length == 0) {
            return;
        }
        long reference = reference(message, envelope);
        if (reference != MessageReference.NONE) {
            add(reference, message, link, outcome, now);
        }
    }

    private void add(
            long reference, SocpMessage message, LinkIdentity link, Outcome outcome, Moment now) {
        Object to = null;
        int servers = 0;
        boolean isForAll = false;
        List<RelayEffect> effects = outcome.effects();
        for (int i = 0; i < effects.size(); i++) {
            RelayEffect effect = effects.get(i);
            if (effect instanceof HandOver handOver) {
                Complaint complaint = handOver.complaint();
                to = complaint == null ? to : complaint.recipient();
            } else if (effect instanceof Convey convey) {
                servers += convey.servers().size();
                to = convey.servers().isEmpty() ? to : convey.servers().getFirst();
            } else if (effect instanceof SendToUsers) {
                isForAll = true;
            }
        }
        stripe(reference)
                .add(
                        reference,
                        now.epochMs(),
                        message.type(),
                        fate(outcome.verdict()),
                        end(link),
                        isForAll ? null : to,
                        isForAll ? servers : -1);
    }

    /** Remembers what ends before it is processed, or waits; returns it. */
    Intake passing(
            Intake intake, SocpMessage message, Envelope envelope, LinkIdentity link, Moment now) {
        switch (intake) {
            case Intake.Ended(Outcome outcome) -> add(message, envelope, link, outcome, now);
            case Intake.Waiting _ -> addWaiting(message, envelope, link, now);
            // Of these more is to come.
            case Intake.Work _, Intake.Early _ -> {}
        }
        return intake;
    }

    private void addWaiting(SocpMessage message, Envelope envelope, LinkIdentity link, Moment now) {
        long reference = reference(message, envelope);
        if (stripes.length > 0 && reference != MessageReference.NONE) {
            stripe(reference)
                    .add(
                            reference,
                            now.epochMs(),
                            message.type(),
                            Fate.WAITING,
                            end(link),
                            null,
                            -1);
        }
    }

    /**
     * A message whose way was decided, and remembered, waits after all; what becomes of it is
     * remembered anew.
     */
    void holdBack(SocpMessage message, Envelope envelope) {
        long reference = reference(message, envelope);
        if (stripes.length > 0 && reference != MessageReference.NONE) {
            stripe(reference).holdBack(reference);
        }
    }

    /** Remembers that a message was accepted and could not be brought. */
    void addGivenUp(Complaint complaint, Moment now) {
        long reference = complaint.reference();
        if (stripes.length > 0 && reference != MessageReference.NONE) {
            stripe(reference)
                    .add(
                            reference,
                            now.epochMs(),
                            null,
                            Fate.GIVEN_UP,
                            null,
                            complaint.recipient(),
                            -1);
        }
    }

    /** What was done with this message, in the order in which it was. */
    public List<TrailStep> steps(MessageReference reference, Moment now) {
        List<TrailStep> steps = new ArrayList<>();
        if (stripes.length > 0) {
            stripe(reference.bits()).collect(reference.bits(), sinceMs(now), steps);
        }
        return steps;
    }

    /** From when on all is remembered that was done with this message, Unix ms. */
    public long knowsSinceMs(MessageReference reference, Moment now) {
        return stripes.length == 0
                ? now.epochMs()
                : stripe(reference.bits()).oldestMs(sinceMs(now));
    }

    private static long sinceMs(Moment now) {
        return now.epochMs() - AGE_MAX.toMillis();
    }

    private static long reference(SocpMessage message, Envelope envelope) {
        return message instanceof FileChunk
                ? MessageReference.NONE
                : MessageReference.bitsOf(message, envelope);
    }

    private TrailStripe stripe(long reference) {
        return stripes[(int) reference & (STRIPES - 1)];
    }

    private static @Nullable Object end(LinkIdentity link) {
        return switch (link) {
            case LinkIdentity.User user -> user.user();
            case LinkIdentity.Server(ServerId server, _, _) -> server;
            case LinkIdentity.Stranger _, LinkIdentity.Introducer _ -> null;
        };
    }

    private static Fate fate(Outcome.Verdict verdict) {
        return switch (verdict) {
            case ACCEPTED -> Fate.ACCEPTED;
            case DUPLICATE -> Fate.DUPLICATE;
            case REFUSED -> Fate.REFUSED;
            case UNVERIFIED -> Fate.UNVERIFIED;
            case UNDELIVERABLE -> Fate.UNDELIVERABLE;
            case MALFORMED, UNUSABLE, LIMITED, SHED -> Fate.DROPPED;
        };
    }
}
