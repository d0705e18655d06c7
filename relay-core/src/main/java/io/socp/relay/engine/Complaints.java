package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MeshMessage;
import io.socp.relay.message.MessageReference;
import io.socp.relay.message.NoticeMessage;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.SessionMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out in whose name a message cannot be brought. Thread-safe: reads the view. */
@ThreadSafe
final class Complaints {

    private final LiveView view;
    private final Expected expected;

    Complaints(LiveView view, Expected expected) {
        this.view = view;
        this.expected = expected;
    }

    /**
     * The complaint of the message's author, should it not be brought; null where none wrote it.
     */
    @Nullable Complaint of(Admitted admitted, UserId recipient) {
        long reference = MessageReference.bitsOf(admitted.message(), admitted.envelope());
        return switch (admitted.message()) {
            case Authored authored -> new Complaint(authored.author(), recipient, reference);
            case ServerDeliver deliver -> new Complaint(deliver.author(), recipient, reference);
            case UserDeliver _,
                    MeshMessage _,
                    PresenceMessage _,
                    PresenceBatch _,
                    SessionMessage _,
                    ChannelMessage _,
                    QueryMessage _,
                    NoticeMessage _ ->
                    null;
        };
    }

    /** A peer sent this for one who is not here: the control plane tells it, and the author. */
    List<RelayEffect> misdirected(Admitted admitted, String recipient, LinkId source) {
        Complaint complaint =
                IdRule.LENIENT.accepts(recipient) ? of(admitted, new UserId(recipient)) : null;
        return complaint == null
                ? List.of()
                : List.of(new Post(new RelayEvent.Misdirected(source, complaint)));
    }

    /**
     * What another relay of our kind reports of a message: that it reached nobody. For one of our
     * users, or for one whose home lies onwards; nothing comes of any other ERROR.
     */
    List<RelayEffect> reported(ErrorNotice error, Admitted admitted, LinkId source) {
        Envelope envelope = admitted.envelope();
        boolean isReport =
                isProven(admitted)
                        && view.dialects().isOwnRelay(source)
                        && error.code().equals(ErrorCode.USER_NOT_FOUND.name())
                        && IdRule.LENIENT.accepts(error.detail())
                        && IdRule.LENIENT.accepts(envelope.to());
        if (!isReport || !(admitted.link() instanceof LinkIdentity.Server(ServerId peer, _, _))) {
            return List.of();
        }
        Complaint complaint = new Complaint(new UserId(envelope.to()), new UserId(error.detail()));
        return isItsUser(complaint.recipient(), peer)
                        || expected.hasLatelyLeft(complaint.author(), peer)
                ? List.of(new Post(new RelayEvent.Reported(peer, complaint)))
                : List.of();
    }

    private static boolean isProven(Admitted admitted) {
        return admitted.proof() instanceof Proof.SignedBy
                || admitted.link().frames() == FrameProof.LINK;
    }

    /** Whether the peer hosts the user or leads there, or nobody does any more. */
    private boolean isItsUser(UserId user, ServerId peer) {
        if (expected.isOnTheMove(user)) {
            // The peer has had the message for him before he came where he is now.
            return true;
        }
        ServerId home = view.homeOf(user);
        return !view.isLocal(user)
                && (home == null || home.equals(peer) || view.isReachedThrough(peer, home));
    }
}
