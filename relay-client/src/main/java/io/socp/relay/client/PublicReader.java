package io.socp.relay.client;

import io.socp.relay.client.e2e.ChannelKey;
import io.socp.relay.client.e2e.KeyShares;
import io.socp.relay.client.e2e.Opener;
import io.socp.relay.client.e2e.Opening;
import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.Wrap;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.verify.ContentSignature;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others say to everyone: plain, or under the key its author has shared with this user.
 * Confined to the client's queue.
 *
 * <p>A key may come a moment after the message it is for, on a longer way through the relays: such
 * a message waits that moment.
 */
final class PublicReader {

    private static final Logger log = LoggerFactory.getLogger(PublicReader.class);

    /** Keys remembered, of all authors; those used longest ago are forgotten first. */
    static final int KEYS_MAX = 8_192;

    /** Messages that wait for their keys. */
    static final int HELD_MAX = 64;

    /** How long they wait. */
    static final Duration HELD = Duration.ofSeconds(3);

    private record KeyId(UserId author, String name) {}

    private record Held(MsgPublicChannel message, Envelope envelope, KeyId key) {}

    private final UserId self;
    private final IdentityKey identity;
    private final SignatureVerifier verifier;
    private final KeyBook keys;
    private final Consumer<ClientEvent> events;
    private final Turns turns;
    private final Queue<Held> held = new ArrayDeque<>();
    private final Map<KeyId, ChannelKey> channelKeys =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<KeyId, ChannelKey> eldest) {
                    return size() > KEYS_MAX;
                }
            };

    PublicReader(
            ClientIdentity self,
            SignatureVerifier verifier,
            KeyBook keys,
            Consumer<ClientEvent> events,
            Turns turns) {
        this.self = self.user();
        this.identity = self.key();
        this.verifier = verifier;
        this.keys = keys;
        this.events = events;
        this.turns = turns;
    }

    /** A share of another form, or not its creator's, is ignored: others use the frame as well. */
    void onShare(PublicChannelKeyShare share) {
        if (!IdRule.LENIENT.accepts(share.from()) || share.from().equals(self.value())) {
            return;
        }
        UserId author = new UserId(share.from());
        RsaPublicKey creator = keys.forReading(author);
        if (creator == null
                || !(RsaPublicKey.read(share.creatorPub()) instanceof KeyReading.Valid(var named))
                || !named.equals(creator)
                || !KeyShares.hold(verifier, creator, share)) {
            log.debug("a channel key that is not {}'s", author);
            return;
        }
        for (Wrap wrap : share.shares()) {
            if (wrap.member().equals(self.value())) {
                take(author, wrap);
                return;
            }
        }
    }

    private void take(UserId author, Wrap wrap) {
        ChannelKey key;
        try {
            key = ChannelKey.unwrap(wrap.wrappedKey(), identity);
        } catch (GeneralSecurityException another) {
            log.debug("a channel key of another form", another);
            return;
        }
        KeyId id = new KeyId(author, key.name());
        channelKeys.put(id, key);
        List<Held> readable = held.stream().filter(h -> h.key().equals(id)).toList();
        held.removeAll(readable);
        readable.forEach(h -> tellEncrypted(h, key));
    }

    void onMessage(MsgPublicChannel message, Envelope envelope) {
        if (message.author().equals(self)) {
            return; // some servers echo
        }
        String name = ChannelKey.nameIn(message.sealed().ciphertext());
        if (name == null) {
            Opening opening = Opener.publicText(message.sealed(), plainText(envelope));
            tell(message, envelope, opening, false);
            return;
        }
        Held encrypted = new Held(message, envelope, new KeyId(message.author(), name));
        ChannelKey key = channelKeys.get(encrypted.key());
        if (key != null) {
            tellEncrypted(encrypted, key);
        } else {
            hold(encrypted);
        }
    }

    private void hold(Held encrypted) {
        if (held.size() >= HELD_MAX) {
            giveUp(held.remove());
        }
        held.add(encrypted);
        turns.after(
                HELD,
                () -> {
                    if (held.remove(encrypted)) {
                        giveUp(encrypted);
                    }
                });
    }

    private void giveUp(Held encrypted) {
        unreadable(
                encrypted.message().author(),
                "it is encrypted for those who were here when it was written");
    }

    private void tellEncrypted(Held encrypted, ChannelKey key) {
        MsgPublicChannel message = encrypted.message();
        Opening opening = key.open(message.sealed().ciphertext(), message.author());
        tell(message, encrypted.envelope(), opening, true);
    }

    private void tell(
            MsgPublicChannel message, Envelope envelope, Opening opening, boolean isEncrypted) {
        switch (opening) {
            case Opening.Unreadable(String reason) -> unreadable(message.author(), reason);
            case Opening.Text(String text, boolean isContentSigned) -> {
                RsaPublicKey key = keys.forReading(message.author());
                boolean isVerified =
                        key != null
                                && (TransportSignature.holds(verifier, key, envelope)
                                        || (isContentSigned && isContentOf(message, key)));
                events.accept(
                        new ClientEvent.PublicMessage(
                                message.author(), text, message.ts(), isVerified, isEncrypted));
            }
        }
    }

    private boolean isContentOf(MsgPublicChannel message, RsaPublicKey key) {
        return ContentSignature.holdsPublic(
                verifier, key, message.sealed(), message.author(), message.ts());
    }

    private void unreadable(UserId author, String reason) {
        events.accept(
                new ClientEvent.ClientError(
                        ClientErrorCode.UNREADABLE,
                        "a public message from " + author + " cannot be read: " + reason));
    }

    private static @Nullable String plainText(Envelope envelope) {
        return envelope.payload().members().get("text") instanceof JsonText(String text)
                ? text
                : null;
    }
}
