package io.socp.relay.client.testing;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SessionMessage.UserWelcome;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.testing.TestKeys;
import org.jspecify.annotations.Nullable;

/** Frames of a test server: id {@link #ID}, key {@link TestKeys#SERVER_A}. */
public final class ServerFrames {

    public static final ServerId ID = new ServerId("5e12e121-0000-4000-8000-00000000000a");

    /** Where the time does not matter. */
    public static final long TS = 1_790_000_000_000L;

    private ServerFrames() {}

    /** A welcome that offers lists and keys. */
    public static Envelope welcome(UserId to) {
        return welcome(
                to, JsonObject.builder().put("v", 1).put("list", true).put("key", true).build());
    }

    public static Envelope welcome(UserId to, JsonObject extensions) {
        return signed(
                new UserWelcome(ID, TestKeys.SERVER_A.publicKey(), extensions), to.value(), TS);
    }

    public static Envelope error(UserId to, String code, String detail) {
        return signed(new ErrorNotice(ID.value(), code, detail), to.value(), TS);
    }

    public static Envelope advertise(UserId user, @Nullable String name, RsaPublicKey key) {
        JsonObject meta =
                name == null
                        ? JsonObject.EMPTY
                        : JsonObject.builder().put("display_name", name).build();
        return advertised(user, meta, key);
    }

    public static Envelope advertised(UserId user, JsonObject meta, RsaPublicKey key) {
        return signed(new UserAdvertise(ID, user, ID, TS, key, meta), "*", TS);
    }

    public static Envelope remove(UserId user) {
        return signed(new UserRemove(ID, user, ID, TS), "*", TS);
    }

    public static Envelope deliver(UserId to, UserId author, long ts, SealedText sealed) {
        return signed(new UserDeliver(ID, to, author, ts, sealed), to.value(), ts);
    }

    /** Signed by the server's key. */
    public static Envelope signed(SocpMessage message, String to, long ts) {
        return signed(message, to, ts, TestKeys.SERVER_A);
    }

    /** In the server's name, signed by whoever's key. */
    public static Envelope signed(SocpMessage message, String to, long ts, TestKeys signer) {
        Payload payload = PayloadWriter.payload(message);
        String sig = Base64Url.encode(signer.signer().sign(payload.canonical()));
        return Envelope.of(message.type().name(), ID.value(), to, ts, payload, sig);
    }

    /** In the server's name, not signed. */
    public static Envelope unsigned(SocpMessage message, String to, long ts) {
        Payload payload = PayloadWriter.payload(message);
        return Envelope.of(message.type().name(), ID.value(), to, ts, payload, "");
    }
}
