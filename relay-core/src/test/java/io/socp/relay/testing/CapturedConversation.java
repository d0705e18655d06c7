package io.socp.relay.testing;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.WireFrames.WireFrame;
import io.socp.relay.verify.ContentSignature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the clients of one implementation said, made anew for actors of ours: the same fields in the
 * same containers, signed or not as they were, with fresh keys and times.
 */
public final class CapturedConversation {

    private static final String SIG = ",\"sig\":\"\"";

    private final String implementation;
    private final ContentSignature layout;
    private final KeyContainer keys;
    private final Map<String, Person> people = new HashMap<>();
    private final List<Said> frames = new ArrayList<>();

    /**
     * One frame of a client.
     *
     * @param captured the frame as it was captured
     */
    public record Said(
            CapturedConversation conversation, Person by, Envelope captured, String frame) {

        /** The frame as the client would write it at this time. */
        public byte[] at(long epochMs) {
            return conversation.remade(this, epochMs);
        }
    }

    /** Nobody has said anything yet; {@code layout} is the letter of their content signatures. */
    public CapturedConversation(String implementation, String layout, KeyContainer keys) {
        this.implementation = implementation;
        this.layout = ContentSignature.lettered(layout).orElseThrow();
        this.keys = keys;
    }

    /** Adds the first connection captured on this link; {@code id} is played by {@code person}. */
    public CapturedConversation with(String link, String id, Person person) {
        naming(id, person);
        int hellos = 0;
        for (WireFrame captured : WireFrames.of(implementation)) {
            if (captured.link().equals(link) && captured.direction().equals("->")) {
                Envelope envelope = decode(captured.frame());
                hellos += envelope.type().equals("USER_HELLO") ? 1 : 0;
                if (hellos == 1) {
                    frames.add(new Said(this, person, envelope, captured.frame()));
                }
            }
        }
        return this;
    }

    /** Whoever is meant by {@code id} is played by {@code person}. */
    public CapturedConversation naming(String id, Person person) {
        people.put(id, person);
        return this;
    }

    /** Everything that was said, by its time. */
    public List<Said> inOrder() {
        return frames.stream()
                .sorted(Comparator.comparingLong(said -> said.captured().ts()))
                .toList();
    }

    private byte[] remade(Said said, long ts) {
        Envelope old = said.captured();
        Map<String, JsonValue> members = new LinkedHashMap<>();
        old.payload()
                .members()
                .members()
                .forEach((name, value) -> members.put(name, remade(said.by(), name, value, ts)));
        if (members.get("content_sig") instanceof JsonText(String text) && !text.isEmpty()) {
            members.put("content_sig", signed(said.by(), contentBytes(said, members, ts)));
        }
        Payload payload = Payload.of(new JsonObject(members));
        boolean isSigned = !old.sig().isEmpty();
        String sig = isSigned ? signed(said.by(), payload.canonical()).value() : "";
        String from = said.by().id().value();
        byte[] frame = Envelope.of(old.type(), from, named(old.to()), ts, payload, sig).bytes();
        return inItsForm(said.frame(), new String(frame, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** With the members of the envelope that the captured one has, and no others. */
    private static String inItsForm(String captured, String frame) {
        String made = captured.contains("\"sig\"") ? frame : frame.replace(SIG, "");
        return captured.contains("\"alg\"") ? "{\"alg\":\"PS256\"," + made.substring(1) : made;
    }

    private JsonValue remade(Person author, String name, JsonValue value, long ts) {
        return switch (name) {
            case "pubkey", "enc_pubkey", "sender_pub" -> new JsonText(author.key().text(keys));
            case "ts" -> JsonNumber.of(ts);
            default -> value instanceof JsonText(String text) ? new JsonText(named(text)) : value;
        };
    }

    private String named(String text) {
        Person person = people.get(text);
        return person == null ? text : person.id().value();
    }

    private byte[] contentBytes(Said said, Map<String, JsonValue> members, long ts) {
        UserId from = said.by().id();
        String to = named(said.captured().to());
        if (!(members.get("ciphertext") instanceof JsonText(String ciphertext))) {
            // Troublesome12's client signs these members but the key, and the signature itself.
            Map<String, JsonValue> signed = new LinkedHashMap<>(members);
            signed.remove("sender_pub");
            signed.remove("content_sig");
            return Payload.of(new JsonObject(signed)).canonical();
        }
        return to.equals("public")
                ? ContentSignature.publicText(ciphertext, from, ts)
                : layout.directBytes(ciphertext, from, new UserId(to), ts);
    }

    private static JsonText signed(Person author, byte[] bytes) {
        return new JsonText(Base64Url.encode(author.keys().signer().sign(bytes)));
    }

    private static Envelope decode(String frame) {
        return EnvelopeBuilder.decode(frame.getBytes(StandardCharsets.UTF_8));
    }
}
