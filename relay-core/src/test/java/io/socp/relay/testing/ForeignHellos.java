package io.socp.relay.testing;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors.Person;

/** How clients of other implementations say hello, in the words of the captured frames. */
public final class ForeignHellos {

    private ForeignHellos() {}

    /** WillLehmann04's client: PEM text, to nobody, signed. */
    public static EnvelopeBuilder pemText(Person user) {
        return hello(user, KeyContainer.PEM_TEXT).to("").signedBy(user.keys());
    }

    /** Client of fengyuan213: base64url of PEM, to itself, without a signature. */
    public static EnvelopeBuilder pemBase64(Person user) {
        return hello(user, KeyContainer.PEM_BASE64URL)
                .to(user.id())
                .with("meta", JsonObject.EMPTY)
                .unsigned();
    }

    /** Troublesome12's client: base64url of DER, to any server, without a signature. */
    public static EnvelopeBuilder serverPrefixed(Person user) {
        return hello(user, KeyContainer.DER_BASE64URL).to("server_*").unsigned();
    }

    /** A frame of a user's client that has nothing in it yet. */
    public static EnvelopeBuilder frame(String type, Person user, String to) {
        return Envelopes.ctrlClose().type(type).from(user.id()).to(to);
    }

    private static EnvelopeBuilder hello(Person user, KeyContainer keys) {
        return frame("USER_HELLO", user, "*")
                .with("client", "cli-v1")
                .with("pubkey", user.key().text(keys))
                .with("enc_pubkey", user.key().text(keys));
    }
}
