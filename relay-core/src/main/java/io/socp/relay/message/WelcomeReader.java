package io.socp.relay.message;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.FieldReader.Unreadable;
import io.socp.relay.message.MeshMessage.KnownServer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a SERVER_WELCOME that implementations write in different places. The standard itself
 * says "servers" and shows "clients"; a row that cannot be used is passed over, since one odd entry
 * must not keep a server out of the mesh.
 */
final class WelcomeReader {

    private WelcomeReader() {}

    /** The servers named in {@code servers}, a list or a map, and in {@code clients}. */
    static List<KnownServer> servers(FieldReader welcome) {
        List<KnownServer> servers = new ArrayList<>();
        for (String field : List.of("servers", "clients")) {
            for (FieldReader row : welcome.rows(field)) {
                if (!isUser(row, welcome)) {
                    server(row, servers);
                }
            }
        }
        return servers;
    }

    /** The introducer's own key, wherever it stands; null when it says none. */
    static @Nullable RsaPublicKey key(FieldReader welcome, ServerId introducer) throws Unreadable {
        for (String field : List.of("pubkey", "server_pub", "introducer_pub")) {
            if (welcome.has(field)) {
                return welcome.key(field);
            }
        }
        FieldReader row = welcome.object("introducer");
        return row.has("pubkey")
                ? row.key("pubkey")
                : servers(welcome).stream()
                        .filter(known -> known.server().equals(introducer))
                        .findFirst()
                        .map(KnownServer::key)
                        .orElse(null);
    }

    /**
     * The standard calls the servers of its list {@code clients} with a {@code user_id}. Some list
     * users there: with their server's id, or beside a word on the introducer.
     */
    private static boolean isUser(FieldReader row, FieldReader welcome) {
        return row.has("user_id")
                && (row.has("server_id")
                        ? !row.isSame("user_id", "server_id")
                        : welcome.has("introducer"));
    }

    private static void server(FieldReader row, List<KnownServer> servers) {
        try {
            String id = row.has("server_id") ? "server_id" : "user_id";
            KnownServer known = new KnownServer(row.serverId(id), row.address(), row.key("pubkey"));
            if (servers.stream().noneMatch(other -> other.server().equals(known.server()))) {
                servers.add(known);
            }
        } catch (Unreadable notAServer) {
            // A user's row, or one without a key.
        }
    }
}
