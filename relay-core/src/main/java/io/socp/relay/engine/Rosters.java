package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.dialect.PeerReader;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.ChannelMessage.PublicChannelUpdated;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import java.util.Optional;

/**
 * Finds out which users were online when a server welcomed us, where its welcome tells. Event-loop
 * confined to the mesh loop.
 */
@EventLoopConfined
final class Rosters {

    private final MessageParser parser;
    private final PeerTable peers;
    private final UserDirectory directory;
    private final LinkDialects dialects;

    Rosters(MessageParser parser, PeerTable peers, UserDirectory directory, LinkDialects dialects) {
        this.parser = parser;
        this.peers = peers;
        this.directory = directory;
        this.dialects = dialects;
    }

    /** The users, as a batch of the server's own presence; it must be linked by now. */
    Optional<PresenceBatch> of(ServerWelcome welcome, Admitted admitted) {
        return isSignedBy(welcome.server(), admitted)
                ? PeerReader.roster(admitted.envelope(), welcome.server()).flatMap(this::batch)
                : Optional.empty();
    }

    /**
     * The channel's members, where the server names its users nowhere else. It names those of
     * others too: so only whom nobody hosts, and only while no other such server is linked whose
     * users they could be.
     */
    Optional<PresenceBatch> of(PublicChannelUpdated updated, Admitted admitted) {
        ServerId server = updated.server();
        boolean isItsOwnWord =
                admitted.link() instanceof LinkIdentity.Server(ServerId peer, _, _)
                        && peer.equals(server)
                        && isSignedBy(server, admitted);
        return isItsOwnWord && isOnlyOneToNameMembers(server)
                ? PeerReader.members(admitted.envelope(), server, this::isUnknown)
                        .flatMap(this::batch)
                : Optional.empty();
    }

    private boolean isSignedBy(ServerId server, Admitted admitted) {
        return admitted.proof() instanceof Proof.SignedBy(var key)
                && key.equals(peers.keyOf(server))
                && peers.linkTo(server) != null;
    }

    private boolean isOnlyOneToNameMembers(ServerId server) {
        return dialects.ofServer(server).namesMembers()
                && peers.linked().stream()
                        .noneMatch(peer ->
                                !peer.server().equals(server)
                                        && dialects.ofServer(peer.server()).namesMembers());
    }

    private boolean isUnknown(String user) {
        return IdRule.LENIENT.accepts(user) && directory.find(new UserId(user)) == null;
    }

    private Optional<PresenceBatch> batch(Envelope roster) {
        return parser.parse(roster) instanceof Parsing.Parsed(PresenceBatch batch)
                ? Optional.of(batch)
                : Optional.empty();
    }
}
