package io.socp.relay.client.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.ContentSignature;
import java.util.List;
import java.util.UUID;

/** A strict user on paper: an id, a key and the frames they make, all signed. Immutable. */
@Immutable
record Author(String id, IdentityKey key, Pen pen) {

    static final String PUBLIC = "public";

    /** A user of a new id. */
    static Author of(IdentityKey key) {
        return new Author(newId(), key, Pen.of(key));
    }

    static String newId() {
        return UUID.randomUUID().toString();
    }

    Author withId(String changed) {
        return new Author(changed, key, pen);
    }

    Author withPen(Pen changed) {
        return new Author(id, key, changed);
    }

    String keyText() {
        return key.publicKey().text();
    }

    /** SOCP §9.1; a client that does not know its server's id yet writes {@code *}. */
    Draft hello() {
        return hello(keyText());
    }

    /** A hello that shows this text as its key. */
    Draft hello(String shownKey) {
        JsonObject payload =
                JsonObject.builder()
                        .put("client", "conformance-v1")
                        .put("pubkey", shownKey)
                        .put("enc_pubkey", shownKey)
                        .build();
        return Draft.of("USER_HELLO", id, Draft.ALL, payload).signed(pen);
    }

    /** SOCP §9.2. */
    Draft direct(Author recipient, String text) {
        Draft now = Draft.of("MSG_DIRECT", id, recipient.id, JsonObject.EMPTY);
        Sealer sealer = new Sealer(new UserId(id), key);
        SealedText sealed =
                sealer.direct(text, new UserId(recipient.id), recipient.key.publicKey(), now.ts());
        JsonObject payload =
                JsonObject.builder()
                        .put("ciphertext", sealed.ciphertext())
                        .put("sender_pub", sealed.senderPub())
                        .put("content_sig", sealed.contentSig())
                        .build();
        return withPayload(now, payload);
    }

    /** SOCP §9.3. */
    Draft toEveryone(String text) {
        Draft now = Draft.of("MSG_PUBLIC_CHANNEL", id, PUBLIC, JsonObject.EMPTY);
        String ciphertext = Base64Url.encode(text.getBytes(UTF_8));
        byte[] signed = ContentSignature.publicText(ciphertext, new UserId(id), now.ts());
        JsonObject payload =
                JsonObject.builder()
                        .put("ciphertext", ciphertext)
                        .put("sender_pub", keyText())
                        .put("content_sig", Base64Url.encode(pen.sign(signed)))
                        .build();
        return withPayload(now, payload);
    }

    /** SOCP §9.4: start, three chunks, end. */
    List<Draft> file(String to, String mode) {
        String fileId = newId();
        JsonObject start =
                JsonObject.builder()
                        .put("file_id", fileId)
                        .put("name", "notes.txt")
                        .put("size", 30)
                        .put("sha256", "0".repeat(64))
                        .put("mode", mode)
                        .build();
        JsonObject end = JsonObject.builder().put("file_id", fileId).build();
        return List.of(
                Draft.of("FILE_START", id, to, start).signed(pen),
                chunk(fileId, to, 0),
                chunk(fileId, to, 1),
                chunk(fileId, to, 2),
                Draft.of("FILE_END", id, to, end).signed(pen));
    }

    private Draft chunk(String fileId, String to, int index) {
        String ciphertext = Base64Url.encode((fileId + index).repeat(14).getBytes(UTF_8));
        JsonObject payload =
                JsonObject.builder()
                        .put("file_id", fileId)
                        .put("index", index)
                        .put("ciphertext", ciphertext)
                        .build();
        return Draft.of("FILE_CHUNK", id, to, payload).signed(pen);
    }

    /** SOCP §9.3: the channel's key, wrapped for some members by this user. */
    Draft keyShare(List<String> members) {
        JsonArray shares =
                new JsonArray(
                        members.stream()
                                .<JsonValue>map(member ->
                                        JsonObject.builder()
                                                .put("member", member)
                                                .put("wrapped_public_channel_key", wrapped(member))
                                                .build())
                                .toList());
        JsonObject payload =
                JsonObject.builder()
                        .put("shares", shares)
                        .put("creator_pub", keyText())
                        .put("content_sig", Base64Url.encode(pen.sign(signed(shares))))
                        .build();
        return Draft.of("PUBLIC_CHANNEL_KEY_SHARE", id, Draft.ALL, payload).signed(pen);
    }

    /** shares and creator_pub; how the array is written is not stated, this is its JSON. */
    private byte[] signed(JsonArray shares) {
        JsonObject holder = JsonObject.builder().put("s", shares).build();
        String json = new String(Payload.of(holder).canonical(), UTF_8);
        String array = json.substring("{\"s\":".length(), json.length() - 1);
        return (array + keyText()).getBytes(UTF_8);
    }

    /** What {@link #keyShare} holds for a member; opaque to servers. */
    String wrapped(String member) {
        return Base64Url.encode((id + member).repeat(7).getBytes(UTF_8));
    }

    private Draft withPayload(Draft draft, JsonObject payload) {
        return new Draft(draft.type(), id, draft.to(), draft.ts(), payload, "").signed(pen);
    }
}
