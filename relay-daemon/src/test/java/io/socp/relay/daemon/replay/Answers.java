package io.socp.relay.daemon.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import java.util.List;

/** What the users of other implementations need from an answer of ours. */
final class Answers {

    private static final SignatureVerifier SIGNATURES = new SignatureVerifier();

    /** Someone who wrote, as a captured id and the key played for it. */
    record Author(String id, TestKeys key) {

        UserId user() {
            return new UserId(id);
        }

        String key(KeyContainer container) {
            return key.publicKey().text(container);
        }
    }

    private Answers() {}

    static String text(Envelope envelope, String field) {
        return envelope.payload().members().get(field) instanceof JsonText(String value)
                ? value
                : "";
    }

    static JsonValue field(Envelope envelope, String field) {
        return envelope.payload().members().get(field);
    }

    static List<String> texts(Envelope envelope, String field) {
        return ((JsonArray) field(envelope, field))
                .elements().stream().map(element -> ((JsonText) element).value()).toList();
    }

    /** The rows of an array of objects. */
    static List<JsonObject> rows(Envelope envelope, String field) {
        return field(envelope, field) instanceof JsonArray(List<JsonValue> rows)
                ? rows.stream().map(JsonObject.class::cast).toList()
                : List.of();
    }

    /** The transport signature is this server's, which {@code from} names. */
    static void assertSigned(Envelope frame, Server server) {
        assertSigned(frame, server, server.id().value());
    }

    /** The same under a name by which only some know the server. */
    static void assertSigned(Envelope frame, Server server, String name) {
        assertThat(frame.from()).isEqualTo(name);
        assertThat(
                        SIGNATURES.verifies(
                                server.key(),
                                frame.payload().canonical(),
                                Base64Url.decode(frame.sig())))
                .as("sig of %s", frame.type())
                .isTrue();
    }

    /** Where a user is and with which key, in the only container the reader understands. */
    static void assertAdvertised(Envelope frame, Author user, KeyContainer container) {
        assertThat(text(frame, "user_id")).isEqualTo(user.id());
        assertThat(text(frame, "pubkey")).isEqualTo(user.key(container));
        assertThat(((JsonObject) field(frame, "meta")).get("pubkey"))
                .isEqualTo(new JsonText(user.key(container)));
    }

    /** The direct text in USER_DELIVER or SERVER_DELIVER is the author's for the reader. */
    static void assertDirect(Envelope frame, Author author, String reader, String layout) {
        assertThat(text(frame, "sender")).isEqualTo(author.id());
        assertThat(
                        ContentSignature.layoutOfDirect(
                                SIGNATURES,
                                author.key().publicKey(),
                                sealed(frame),
                                author.user(),
                                new UserId(reader),
                                frame.ts()))
                .isEqualTo(ContentSignature.lettered(layout));
    }

    /** The pieces of the file of the captures, 600 bytes, have come in order. */
    static void assertFile(List<Envelope> frames, int chunks) {
        List<Envelope> parts = frames.stream().filter(e -> e.type().startsWith("FILE_")).toList();
        assertThat(parts).hasSize(chunks + 2);
        assertThat(parts.getFirst().type()).isEqualTo("FILE_START");
        assertThat(text(parts.getFirst(), "name")).isEqualTo("f.txt");
        assertThat(field(parts.getFirst(), "size")).isEqualTo(JsonNumber.of(600));
        assertThat(text(parts.getFirst(), "sha256")).hasSize(64);
        assertThat(text(parts.getFirst(), "mode")).isEqualTo("dm");
        assertThat(parts.getLast().type()).isEqualTo("FILE_END");
        for (int i = 0; i < chunks; i++) {
            assertThat(parts.get(i + 1).type()).isEqualTo("FILE_CHUNK");
            assertThat(field(parts.get(i + 1), "index")).isEqualTo(JsonNumber.of(i));
            assertThat(text(parts.get(i + 1), "ciphertext")).hasSize(683);
        }
        assertThat(parts)
                .extracting(part -> text(part, "file_id"))
                .containsOnly(text(parts.getFirst(), "file_id"));
    }

    static SealedText sealed(Envelope frame) {
        return new SealedText(
                text(frame, "ciphertext"), text(frame, "sender_pub"), text(frame, "content_sig"));
    }
}
