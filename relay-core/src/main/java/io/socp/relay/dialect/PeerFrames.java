package io.socp.relay.dialect;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.HostPort;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import java.util.List;
import java.util.stream.Stream;

/**
 * Payloads for links to other servers, where the standard's own would leave some of them without
 * what they look for. Pure and thread-safe.
 */
public final class PeerFrames {

    private PeerFrames() {}

    /**
     * A welcome in which every implementation finds the introducer's key and the servers it knows:
     * each looks in another place, and ignores the others.
     *
     * @param welcome names the introducer's key; without the introducer in its list
     * @param address where the introducer can be dialled
     */
    public static Payload welcome(ServerWelcome welcome, HostPort address, PeerDialect dialect) {
        if (welcome.key() == null || welcome.assignedId() == null) {
            throw new IllegalArgumentException("our welcome names our key and the joiner's id");
        }
        KeyContainer keys = dialect.keys();
        KnownServer introducer = new KnownServer(welcome.server(), address, welcome.key());
        JsonObject row = server(introducer, keys).build();
        return Payload.of(
                JsonObject.builder()
                        .put("assigned_id", welcome.assignedId().value())
                        .put("server_id", welcome.server().value())
                        .put("server_pub", welcome.key().text(keys))
                        .put("pubkey", welcome.key().text(keys))
                        .put("host", address.host())
                        .put("port", address.port())
                        .put("introducer", row)
                        .put("servers", rows(welcome.servers().stream(), keys))
                        .put("clients", clients(introducer, welcome.servers(), dialect))
                        .build());
    }

    /**
     * The standard's {@code clients} are servers, and some dial only whom they find there. Where a
     * server takes them for users, it gets none.
     */
    private static JsonValue clients(
            KnownServer introducer, List<KnownServer> others, PeerDialect dialect) {
        return dialect.manner() == PeerDialect.Manner.PUBLIC_ADDRESSED
                ? new JsonArray(List.of())
                : new JsonArray(
                        Stream.concat(Stream.of(introducer), others.stream())
                                .<JsonValue>map(known ->
                                        server(known, dialect.keys())
                                                .put("user_id", known.server().value())
                                                .build())
                                .toList());
    }

    private static JsonValue rows(Stream<KnownServer> servers, KeyContainer keys) {
        return new JsonArray(servers.<JsonValue>map(known -> server(known, keys).build()).toList());
    }

    private static JsonObject.Builder server(KnownServer known, KeyContainer keys) {
        return JsonObject.builder()
                .put("server_id", known.server().value())
                .put("host", known.address().host())
                .put("port", known.address().port())
                .put("pubkey", known.key().text(keys));
    }
}
