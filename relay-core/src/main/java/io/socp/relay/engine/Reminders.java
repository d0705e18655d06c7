package io.socp.relay.engine;

import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Greetings to servers that forget us when one of our links to them closes, on the links that are
 * left. Event-loop confined to the mesh loop.
 *
 * <p>Said at once, and once more: it may notice the end of the link later than we do.
 */
@EventLoopConfined
final class Reminders {

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(3);

    private final Self self;
    private final PeerTable peers;
    private final LinkDialects dialects;
    private final Map<ServerId, Long> dueNsByServer = new HashMap<>();

    Reminders(Self self, PeerTable peers, LinkDialects dialects) {
        this.self = self;
        this.peers = peers;
        this.dialects = dialects;
    }

    /** One of several links to the server is gone. */
    void onLinkLost(ServerId server, Moment now, EffectSink sink) {
        if (remind(server, now, sink)) {
            dueNsByServer.put(server, now.ns() + AGAIN_AFTER.toNanos());
        }
    }

    void onTick(Moment now, EffectSink sink) {
        dueNsByServer
                .entrySet()
                .removeIf(entry -> {
                    boolean due = entry.getValue() - now.ns() <= 0;
                    if (due) {
                        remind(entry.getKey(), now, sink);
                    }
                    return due;
                });
    }

    private boolean remind(ServerId server, Moment now, EffectSink sink) {
        LinkId link = peers.linkTo(server);
        HostPort address = peers.addressOf(server).orElse(null);
        if (link == null || address == null) {
            return false;
        }
        PeerDialect dialect = dialects.ofPeer(link);
        if (!dialect.forgetsUsWithAnyLink()) {
            return false;
        }
        Self face = self.towards(dialect);
        var join = new ServerHelloJoin(face.id(), face.advertised(), face.key(), face.extensions());
        sink.emit(new Send(link, face.to(address, join, now.epochMs())));
        return true;
    }
}
