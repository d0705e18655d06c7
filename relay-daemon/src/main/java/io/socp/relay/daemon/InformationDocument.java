package io.socp.relay.daemon;

import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.Self;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import java.util.List;
import java.util.stream.Stream;

/**
 * The relay information document, answered to {@code GET /} on the protocol port: all one needs to
 * know before saying hello, or to write a bootstrap entry.
 */
final class InformationDocument {

    private InformationDocument() {}

    static byte[] json(Self self, RelayOptions options) {
        EngineSettings engine = options.engine();
        LinkOptions links = options.links();
        List<String> features =
                self.advertised().overTls()
                        ? List.of("list", "key", "presence-batch", "tls")
                        : List.of("list", "key", "presence-batch");
        JsonObject limits =
                JsonObject.builder()
                        .put("message_bytes", links.messageBytesMax())
                        .put("clock_skew_ms", engine.clockSkewMax().toMillis())
                        .put("first_frame_ms", links.firstFrameTimeout().toMillis())
                        .put("links", links.linksMax())
                        .build();
        return Payload.of(
                        JsonObject.builder()
                                .put("server_id", self.id().value())
                                .put("pubkey", self.key().text())
                                .put("host", self.advertised().host())
                                .put("port", self.advertised().port())
                                .put("software", "socp-relay")
                                .put("version", Version.current())
                                .put("protocol", "SOCP/1.3")
                                .put("features", texts(features.stream()))
                                .put("limits", limits)
                                .build())
                .canonical();
    }

    private static JsonArray texts(Stream<String> texts) {
        return new JsonArray(texts.<JsonValue>map(JsonText::new).toList());
    }
}
