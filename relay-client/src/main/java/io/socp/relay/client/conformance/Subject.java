package io.socp.relay.client.conformance;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.ThreadSafe;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is known of the server that is tried. Thread-safe: two volatile fields, learned once.
 *
 * <p>The standard has no field in which a server shows its key to one that joins: the bootstrap
 * file pins it. Many write it into the welcome, or greet back; else it must be given.
 */
@ThreadSafe
final class Subject {

    private static final List<String> ID_NAMES = List.of("server_id", "id", "user_id");

    private final URI url;
    private volatile @Nullable String id;
    private volatile @Nullable RsaPublicKey key;

    Subject(URI url, @Nullable RsaPublicKey pinned) {
        this.url = url;
        this.key = pinned;
    }

    URI url() {
        return url;
    }

    /** As a JOIN is addressed. */
    String hostPort() {
        return url.getHost() + ":" + (url.getPort() < 0 ? 80 : url.getPort());
    }

    @Nullable String id() {
        return id;
    }

    @Nullable RsaPublicKey key() {
        return key;
    }

    void onWelcome(Frame welcome) {
        if (id == null && !welcome.from().isEmpty()) {
            id = welcome.from();
        }
        learnKey(welcome.said("pubkey"));
        listed(welcome)
                .filter(row -> idOf(row).equals(welcome.from()))
                .forEach(row -> learnKey(row.path("pubkey").stringValue("")));
    }

    /** The server has dialled back and said who it is. */
    void onGreeting(Frame greeting) {
        if (id == null || greeting.from().equals(id)) {
            learnKey(greeting.said("pubkey"));
        }
    }

    /** The servers in a welcome, under the text's name for the list or the diagram's. */
    static Stream<JsonNode> listed(Frame welcome) {
        return Stream.of("clients", "servers")
                .map(name -> welcome.payload().path(name))
                .flatMap(rows -> StreamSupport.stream(rows.spliterator(), false))
                .filter(JsonNode::isObject);
    }

    static String idOf(JsonNode row) {
        return ID_NAMES.stream()
                .map(name -> row.path(name).stringValue(""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("");
    }

    private void learnKey(String text) {
        RsaPublicKey shown = read(text);
        if (key == null && shown != null) {
            key = shown;
        }
    }

    static @Nullable RsaPublicKey read(String text) {
        return RsaPublicKey.read(text) instanceof KeyReading.Valid(RsaPublicKey valid)
                ? valid
                : null;
    }
}
