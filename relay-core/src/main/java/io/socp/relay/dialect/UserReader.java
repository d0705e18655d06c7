package io.socp.relay.dialect;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.sign.OutboundFrame;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads what clients send as the standard would have it, and answers what some ask before they say
 * who they are. Pure.
 *
 * <p>Only the reading changes: a signature is checked over the frame as it came.
 */
@Immutable
public final class UserReader {

    /** What mjzero0's client says instead of USER_HELLO, once it has been challenged. */
    static final String CHALLENGE_ANSWER = "AUTH_RESPONSE";

    /** What rhk08's client calls itself before it has an id. */
    private static final String GUEST = "Guest";

    private static final String HELLO = "USER_HELLO";

    private UserReader() {}

    /**
     * The answer to what a client says before its hello, unsigned since nobody checks it; empty for
     * all else.
     *
     * <p>There are no accounts here and no passwords: whoever asks is registered, and the answer to
     * the challenge proves nothing. As with any unsigned hello, an id is his who uses it first.
     */
    public static Optional<OutboundFrame> answer(Envelope received, ServerId us, long ts) {
        return switch (received.type()) {
            case "USER_REGISTER" ->
                    Optional.of(
                            answer("REGISTER_OK", "user_id", received.from(), received, us, ts));
            case "AUTH_HELLO" -> {
                byte[] nonce = (us + received.from() + ts).getBytes(StandardCharsets.UTF_8);
                String text = Base64Url.encode(nonce);
                yield Optional.of(answer("AUTH_CHALLENGE", "nonce_b64", text, received, us, ts));
            }
            default -> Optional.empty();
        };
    }

    private static OutboundFrame answer(
            String type, String field, String value, Envelope to, ServerId us, long ts) {
        Payload payload = Payload.of(JsonObject.builder().put(field, value).build());
        return OutboundFrame.asReceived(Envelope.of(type, us.value(), to.from(), ts, payload, ""));
    }

    /** A stranger's frame as a hello, where it is one in other words; mostly the frame itself. */
    public static Envelope hello(Envelope received) {
        if (received.type().equals(CHALLENGE_ANSWER)) {
            return helloOf(received);
        }
        return isNameless(received) ? named(received) : received;
    }

    /** A user's frame as the standard would have it; mostly the frame itself. */
    public static Envelope standard(Envelope received) {
        // Each piece of a longer text is sealed and signed like a message, and so it is one.
        return received.type().equals("MSG_DIRECT_CHUNK")
                ? Envelope.of(
                        "MSG_DIRECT",
                        received.from(),
                        received.to(),
                        received.ts(),
                        received.payload(),
                        received.sig())
                : received;
    }

    /** Whether a hello comes from someone who has no id yet. */
    static boolean isNameless(Envelope received) {
        return received.type().equals(HELLO) && received.from().equals(GUEST);
    }

    private static Envelope helloOf(Envelope received) {
        JsonObject members = received.payload().members();
        JsonObject.Builder fields = JsonObject.builder();
        text(members, "pubkey").ifPresent(key -> fields.put("pubkey", key));
        text(members, "username")
                .ifPresent(name ->
                        fields.put("meta", JsonObject.builder().put("display_name", name).build()));
        return Envelope.of(
                HELLO,
                received.from(),
                received.to(),
                received.ts(),
                Payload.of(fields.build()),
                received.sig());
    }

    /** The same key has the same id whenever it comes. */
    private static Envelope named(Envelope received) {
        String key = text(received.payload().members(), "pubkey").orElse("");
        return RsaPublicKey.read(key) instanceof KeyReading.Valid(RsaPublicKey valid)
                ? Envelope.of(
                        received.type(),
                        idOf(valid),
                        received.to(),
                        received.ts(),
                        received.payload(),
                        received.sig())
                : received;
    }

    /** A UUID of version 4 by its form, whose other bits are those of the key's fingerprint. */
    static String idOf(RsaPublicKey key) {
        String hex = key.fingerprint();
        char variant = "89ab".charAt(Character.digit(hex.charAt(16), 16) & 3);
        return hex.substring(0, 8)
                + "-"
                + hex.substring(8, 12)
                + "-4"
                + hex.substring(13, 16)
                + "-"
                + variant
                + hex.substring(17, 20)
                + "-"
                + hex.substring(20, 32);
    }

    private static Optional<String> text(JsonObject members, String field) {
        return members.get(field) instanceof JsonText(String value)
                ? Optional.of(value)
                : Optional.empty();
    }
}
