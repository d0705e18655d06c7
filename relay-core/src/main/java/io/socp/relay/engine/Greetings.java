package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contact;
import io.socp.relay.mesh.Hint;
import io.socp.relay.message.MeshMessage.ServerAnnounce;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;

/**
 * How we introduce ourselves to servers that we dial, in words they read. Event-loop confined to
 * the mesh loop.
 */
@EventLoopConfined
record Greetings(Self self, PeerLinks links) {

    /** What opens a link that we dialled. */
    OutboundFrame join(Contact contact, Moment now) {
        return join(self.towards(expected(contact)), contact, now);
    }

    /** The same, under the name by which the server is to know us. */
    static OutboundFrame join(Self face, Contact contact, Moment now) {
        // Over TLS both of us have shown our keys by now.
        FrameProof frames = contact.address().overTls() ? FrameProof.LINK : FrameProof.SIGNATURE;
        var join =
                new ServerHelloJoin(
                        face.id(), face.advertised(), face.key(), face.extensions(frames));
        return face.to(contact.address(), join, now.epochMs());
    }

    /** What follows the welcome, or stands in for what brought none. */
    static OutboundFrame announcement(Self face, Moment now) {
        var announce =
                new ServerAnnounce(face.id(), face.advertised(), face.key(), face.extensions());
        return face.toAll(announce, now.epochMs());
    }

    /** What the server will read, as far as its other links, its id and its pinned key tell. */
    PeerDialect expected(Contact contact) {
        ServerId server = contact.server();
        RsaPublicKey pinned = contact.pinned();
        RsaPublicKey key = pinned == null ? contact.hint().map(Hint::said).orElse(null) : pinned;
        if (key == null) {
            return PeerDialect.STANDARD;
        }
        return server == null
                ? new PeerDialect(key.container(), PeerDialect.Manner.STANDARD)
                : links.dialectOf(server).orElseGet(() -> PeerDialect.of(server, key));
    }
}
