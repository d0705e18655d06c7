package io.socp.relay.daemon.replay;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.WireFrames;
import io.socp.relay.testing.WireFrames.WireFrame;
import io.socp.relay.verify.ContentSignature;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who plays whom in the captured frames of one implementation, and what a frame looks like then.
 *
 * <p>Frames are made anew in their text: keys in the containers they had, times moved to now,
 * signatures where there were some, in that implementation's habits. Everything else stays as it
 * was captured, byte for byte: order of members, white space, missing and further fields.
 */
final class Cast {

    /** A time of the captures, as the value of a member. */
    private static final Pattern TIME = Pattern.compile("(?<=:|: )1795\\d{9}(?=[,}])");

    private static final String CONTENT_SIG = "content_sig";

    private final String implementation;
    private final ContentSignature layout;
    private final Map<String, TestKeys> players = new HashMap<>();
    private final Map<String, String> inPlaceOf = new LinkedHashMap<>();

    /** Nobody plays yet; {@code layout} is the letter of that implementation's content_sig. */
    Cast(String implementation, String layout) {
        this.implementation = implementation;
        this.layout = ContentSignature.lettered(layout).orElseThrow();
    }

    /** The user or server with this id has this key, wherever its own stood. */
    Cast with(String id, TestKeys key) {
        players.put(id, key);
        for (WireFrame captured : WireFrames.of(implementation)) {
            if (captured.expected().equals("Decoded")) {
                Envelope envelope = decode(captured.frame());
                replaceKeys(envelope.payload().members(), envelope.from(), id, key);
            }
        }
        return this;
    }

    /** Where this text stood as a whole string, another one stands: an id of ours. */
    Cast naming(String old, Object now) {
        inPlaceOf.put('"' + old + '"', "\"" + now + '"');
        return this;
    }

    /** Servers are to be found at this port instead. */
    Cast atPort(int old, int now) {
        inPlaceOf.put(":" + old + ",", ":" + now + ",");
        inPlaceOf.put(": " + old + ",", ": " + now + ",");
        inPlaceOf.put(": " + old + "}", ": " + now + "}");
        return this;
    }

    /** All that was said on a link in one direction, {@code ->} or {@code <-}. */
    List<String> script(String link, String direction) {
        return WireFrames.of(implementation).stream()
                .filter(f -> f.link().equals(link) && f.direction().equals(direction))
                .map(WireFrame::frame)
                .toList();
    }

    /** The captured frame, said now by those who play. */
    String saidAt(String captured, long epochMs) {
        String frame = captured;
        for (var entry : inPlaceOf.entrySet()) {
            frame = frame.replace(entry.getKey(), entry.getValue());
        }
        long ts = decode(frame).ts();
        frame = TIME.matcher(frame).replaceAll(time -> moved(time.group(), epochMs - ts));
        Envelope made = decode(frame);
        if (made.payload().members().get(CONTENT_SIG) instanceof JsonText(String old)
                && !old.isEmpty()) {
            byte[] content = contentBytes(made);
            frame = frame.replace(old, signed(author(made), content));
            made = decode(frame);
        }
        return made.sig().isEmpty()
                ? frame
                : frame.replace(made.sig(), signed(made.from(), made.payload().canonical()));
    }

    /** The keys in this object whose owner is {@code id}. */
    private void replaceKeys(JsonObject object, String maker, String id, TestKeys key) {
        String owner = text(object, "user_id", text(object, "server_id", maker));
        if (owner.equals(id) && object.get("pubkey") instanceof JsonText(String old)) {
            inPlaceOf.put(escaped(old), escaped(key.publicKey().text(containerOf(old))));
        }
        if (object.get("servers") instanceof JsonArray(List<JsonValue> rows)) {
            for (JsonValue row : rows) {
                replaceKeys((JsonObject) row, maker, id, key);
            }
        }
    }

    private byte[] contentBytes(Envelope frame) {
        JsonObject payload = frame.payload().members();
        UserId author = new UserId(author(frame));
        long ts = payload.get("ts") instanceof JsonNumber number ? longOf(number) : frame.ts();
        boolean isText = payload.get("ciphertext") instanceof JsonText;
        if (!isText && layout == ContentSignature.JSON) {
            // Troublesome12's client signs all members but the key and the signature itself; its
            // server adds whom they are for.
            Map<String, JsonValue> signed = new LinkedHashMap<>(payload.members());
            List.of("sender_pub", CONTENT_SIG, "user_id").forEach(signed::remove);
            return Payload.of(new JsonObject(signed)).canonical();
        }
        String ciphertext = text(payload, "ciphertext", "");
        String to = text(payload, "user_id", frame.to());
        return to.equals("public")
                ? ContentSignature.publicText(ciphertext, author, ts)
                : layout.directBytes(ciphertext, author, new UserId(to), ts);
    }

    /** The user who wrote what the frame carries. */
    private static String author(Envelope frame) {
        JsonObject payload = frame.payload().members();
        return text(payload, "sender", text(payload, "from", frame.from()));
    }

    private String signed(String player, byte[] bytes) {
        TestKeys key = players.get(player);
        if (key == null) {
            throw new IllegalStateException("nobody plays " + player);
        }
        return Base64Url.encode(key.signer().sign(bytes));
    }

    private static String moved(String time, long byMs) {
        return Matcher.quoteReplacement(Long.toString(Long.parseLong(time) + byMs));
    }

    private static long longOf(JsonNumber number) {
        return Long.parseLong(number.literal());
    }

    private static String text(JsonObject payload, String field, String otherwise) {
        return payload.get(field) instanceof JsonText(String value) ? value : otherwise;
    }

    private static KeyContainer containerOf(String key) {
        if (key.startsWith("-----BEGIN")) {
            return KeyContainer.PEM_TEXT;
        }
        return key.startsWith("LS0tLS1CRUdJTi")
                ? KeyContainer.PEM_BASE64URL
                : KeyContainer.DER_BASE64URL;
    }

    private static String escaped(String text) {
        return text.replace("\n", "\\n");
    }

    private static Envelope decode(String frame) {
        return EnvelopeBuilder.decode(frame.getBytes(StandardCharsets.UTF_8));
    }
}
