package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.PeerReader;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.ownership.EventLoopConfined;
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

    Rosters(MessageParser parser, PeerTable peers) {
        this.parser = parser;
        this.peers = peers;
    }

    /** The users, as a batch of the server's own presence; it must be linked by now. */
    Optional<PresenceBatch> of(ServerWelcome welcome, Admitted admitted) {
        boolean counts =
                admitted.proof() instanceof Proof.SignedBy(var key)
                        && key.equals(peers.keyOf(welcome.server()))
                        && peers.linkTo(welcome.server()) != null;
        return counts
                ? PeerReader.roster(admitted.envelope(), welcome.server())
                        .flatMap(roster ->
                                parser.parse(roster) instanceof Parsing.Parsed(PresenceBatch batch)
                                        ? Optional.of(batch)
                                        : Optional.empty())
                : Optional.empty();
    }
}
