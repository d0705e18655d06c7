package io.socp.relay.testing;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.verify.ContentSignature;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects one envelope: valid as {@link Envelopes} hands it out, until something is changed.
 *
 * <p>Signatures are made last, over what then stands in the envelope.
 */
public final class EnvelopeBuilder {

    private static final EnvelopeCodec CODEC = new EnvelopeCodec(EnvelopeLimits.DEFAULT);

    private final Map<String, JsonValue> payload = new LinkedHashMap<>();
    private String type;
    private String from = "";
    private String to = "*";
    private long ts = VirtualClock.START_EPOCH_MS;
    private String sig = "";
    private TestKeys signer;
    private TestKeys author;

    public EnvelopeBuilder(String type) {
        this.type = type;
    }

    public EnvelopeBuilder type(String value) {
        type = value;
        return this;
    }

    public EnvelopeBuilder from(Object id) {
        from = id.toString();
        return this;
    }

    public EnvelopeBuilder to(Object id) {
        to = id.toString();
        return this;
    }

    public EnvelopeBuilder ts(long epochMs) {
        ts = epochMs;
        return this;
    }

    public EnvelopeBuilder with(String field, String value) {
        return with(field, new JsonText(value));
    }

    public EnvelopeBuilder with(String field, long value) {
        return with(field, JsonNumber.of(value));
    }

    public EnvelopeBuilder with(String field, JsonValue value) {
        payload.put(field, value);
        return this;
    }

    public EnvelopeBuilder without(String field) {
        payload.remove(field);
        return this;
    }

    /** The transport signature will be of this key. */
    public EnvelopeBuilder signedBy(TestKeys key) {
        signer = key;
        return this;
    }

    public EnvelopeBuilder unsigned() {
        return sig("");
    }

    /** The transport signature is this text, whatever the payload. */
    public EnvelopeBuilder sig(String text) {
        signer = null;
        sig = text;
        return this;
    }

    /** The content signature will be of this key, in the layout we write. */
    public EnvelopeBuilder contentSignedBy(TestKeys key) {
        author = key;
        return this;
    }

    /** The content signature is this text, or missing when null. */
    public EnvelopeBuilder contentSig(String text) {
        author = null;
        return text == null ? without("content_sig") : with("content_sig", text);
    }

    /** The envelope as its maker holds it. */
    public Envelope build() {
        if (author != null && payload.get("ciphertext") instanceof JsonText(String text)) {
            with("content_sig", Base64Url.encode(author.signer().sign(contentBytes(text))));
        }
        Payload made = Payload.of(new JsonObject(payload));
        String signature =
                signer == null ? sig : Base64Url.encode(signer.signer().sign(made.canonical()));
        return Envelope.of(type, from, to, ts, made, signature);
    }

    /** The envelope as the other end of a link holds it. */
    public Envelope received() {
        return decode(build().bytes());
    }

    /** The envelope in these bytes; the test is wrong when there is none. */
    public static Envelope decode(byte[] frame) {
        return ((Decoded) CODEC.decode(frame)).envelope();
    }

    private byte[] contentBytes(String ciphertext) {
        return type.equals("MSG_DIRECT")
                ? ContentSignature.directText(ciphertext, new UserId(from), new UserId(to), ts)
                : ContentSignature.publicText(ciphertext, new UserId(from), ts);
    }
}
