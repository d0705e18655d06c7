package io.socp.relay.daemon.deliver;

import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.sign.OutboundFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Effects of one event that one worker prepares, in their order. Immutable.
 *
 * <p>A frame is signed once, under its lock: two workers with the same frame would wait for each
 * other, so whatever else goes with a frame goes to the worker that signs it. Frames that have
 * nothing in common are signed side by side.
 */
@Immutable
record Errand(List<RelayEffect> effects) {

    Errand {
        effects = List.copyOf(effects);
    }

    /** All these effects, in as few errands as let different frames be signed side by side. */
    static List<Errand> of(List<RelayEffect> effects) {
        List<Errand> errands = new ArrayList<>();
        List<RelayEffect> together = new ArrayList<>();
        Set<OutboundFrame> toSign = Collections.newSetFromMap(new IdentityHashMap<>());
        for (RelayEffect effect : effects) {
            List<OutboundFrame> more = frames(effect).stream().filter(f -> !f.isMade()).toList();
            boolean isApart =
                    !toSign.isEmpty() && !more.isEmpty() && Collections.disjoint(toSign, more);
            if (isApart) {
                errands.add(new Errand(together));
                together.clear();
                toSign.clear();
            }
            together.add(effect);
            toSign.addAll(more);
        }
        if (!together.isEmpty()) {
            errands.add(new Errand(together));
        }
        return errands;
    }

    /** The frames that the effect writes. */
    static List<OutboundFrame> frames(RelayEffect effect) {
        return switch (effect) {
            case RelayEffect.Send(_, OutboundFrame frame) -> List.of(frame);
            case RelayEffect.SendError(_, OutboundFrame frame) -> List.of(frame);
            case RelayEffect.Convey(_, OutboundFrame frame, _, _) -> List.of(frame);
            case RelayEffect.HandOver(_, OutboundFrame frame, _) -> List.of(frame);
            case RelayEffect.SendToUsers(_, _, FrameVersions frame) -> List.copyOf(frame.all());
            case RelayEffect.Replay(_, List<OutboundFrame> frames) -> frames;
            case RelayEffect.Identify _,
                    RelayEffect.Close _,
                    RelayEffect.Part _,
                    RelayEffect.Dial _,
                    RelayEffect.Rename _,
                    RelayEffect.Post _,
                    RelayEffect.Report _ ->
                    List.of();
        };
    }
}
