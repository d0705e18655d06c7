package io.socp.relay.engine;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.Proof;
import java.util.Optional;

/**
 * The rules by which a server that has introduced itself may have its link. Event-loop confined to
 * the mesh loop.
 */
@EventLoopConfined
final class MeshEntry {

    private final Self self;
    private final Contacts contacts;
    private final PeerTable peers;
    private final Attendance attendance;

    /** Why not, in words for the other end. */
    record Refusal(ErrorCode code, String detail) {}

    MeshEntry(Self self, Contacts contacts, PeerTable peers, Attendance attendance) {
        this.self = self;
        this.contacts = contacts;
        this.peers = peers;
        this.attendance = attendance;
    }

    /** Whether we have met ourselves. */
    boolean isOurselves(KnownServer server) {
        return server.server().equals(self.id()) && server.key().equals(self.key());
    }

    /** Why the server may not have this link, if so. */
    Optional<Refusal> refusal(LinkId link, KnownServer server, Proof proof) {
        ServerId id = server.server();
        if (attendance.isIntroduced(link)) {
            return refused(ErrorCode.NAME_IN_USE, "this link has introduced itself already");
        }
        if (id.equals(self.id()) || server.key().equals(self.key())) {
            return refused(ErrorCode.NAME_IN_USE, "this id or key is taken");
        }
        if (contacts.contradicts(server.address(), server.key())) {
            return refused(
                    ErrorCode.BAD_KEY,
                    "the bootstrap file pins another key to " + server.address());
        }
        boolean isKnown = peers.keyOf(id) != null || contacts.pins(server.key());
        if (proof instanceof Proof.FirstContact && isKnown) {
            // Nobody takes a known server's place without its key; the key itself is public.
            return refused(
                    ErrorCode.INVALID_SIG, "this server is known: its greeting must be signed");
        }
        return switch (peers.entryFor(id, server.key())) {
            case OPEN -> Optional.empty();
            case WRONG_KEY -> refused(ErrorCode.BAD_KEY, "another key is pinned to " + id);
            case FULL -> refused(ErrorCode.NAME_IN_USE, "no room for another server");
        };
    }

    private static Optional<Refusal> refused(ErrorCode code, String detail) {
        return Optional.of(new Refusal(code, detail));
    }
}
