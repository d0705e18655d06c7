package io.socp.relay.daemon.deliver;

import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.Outcome;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.limit.Pressure;
import io.socp.relay.limit.Pressure.Level;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.sign.Priority;
import io.socp.relay.verify.LinkIdentity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which frames are given up while memory is short. Thread-safe: reads the level.
 *
 * <p>A user's frame is refused before it costs anything, and its author told. What a peer brings is
 * verified first, since only then its author can be named: he is told as if the recipient were not
 * there. To whom a public message from elsewhere is not shown, is told nothing, as it is with slow
 * readers; it is counted.
 */
@ThreadSafe
record Shedding(Pressure pressure) {

    /** At which level such a frame of a user, or of one who would be, is shed; null for none. */
    @Nullable Level levelOf(String type, LinkIdentity link) {
        return switch (link) {
            case LinkIdentity.User _ -> levelOf(type);
            case LinkIdentity.Stranger _ -> type.equals("USER_HELLO") ? Level.HELLOS : null;
            case LinkIdentity.Server _, LinkIdentity.Introducer _ -> null;
        };
    }

    private static @Nullable Level levelOf(String type) {
        return switch (Priority.of(type)) {
            case FILE -> Level.FILES;
            case PUBLIC -> Level.PUBLIC;
            case DIRECT -> Level.DIRECT;
            case CONTROL -> null;
        };
    }

    /** Whether a frame is to be turned away; counted if so. */
    boolean sheds(String type, LinkIdentity link) {
        return pressure.level() != Level.NONE && shedsAt(levelOf(type, link));
    }

    private boolean shedsAt(@Nullable Level kind) {
        if (kind == null || !pressure.sheds(kind)) {
            return false;
        }
        pressure.onShed(kind);
        return true;
    }

    /** What is left of a peer's frame that was verified. */
    Outcome ofPeer(Outcome outcome, String type, LinkIdentity link) {
        return pressure.level() != Level.NONE
                        && link instanceof LinkIdentity.Server
                        && outcome.effects().stream().anyMatch(Shedding::takesMemory)
                        && shedsAt(levelOf(type))
                ? new Outcome(Verdict.SHED, complaints(outcome.effects()))
                : outcome;
    }

    private static boolean takesMemory(RelayEffect effect) {
        return effect instanceof RelayEffect.HandOver
                || effect instanceof RelayEffect.Convey
                || effect instanceof RelayEffect.SendToUsers;
    }

    private static List<RelayEffect> complaints(List<RelayEffect> effects) {
        List<RelayEffect> left = new ArrayList<>(effects.size());
        for (RelayEffect effect : effects) {
            Complaint complaint = complaint(effect);
            if (!takesMemory(effect)) {
                left.add(effect);
            } else if (complaint != null) {
                left.add(new RelayEffect.Post(new RelayEvent.Undelivered(complaint)));
            }
        }
        return left;
    }

    private static @Nullable Complaint complaint(RelayEffect effect) {
        if (effect instanceof RelayEffect.HandOver handOver) {
            return handOver.complaint();
        }
        return effect instanceof RelayEffect.Convey convey ? convey.complaint() : null;
    }
}
