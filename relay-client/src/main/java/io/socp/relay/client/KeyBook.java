package io.socp.relay.client;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which key is whose. Confined to the client's queue.
 *
 * <p>Trust is on first use: a key is pinned when a direct message first goes to the user or comes
 * from the user, and from then on only that key counts. The key of a first contact is the one the
 * user's server advertises; where none is advertised, the one in the message itself, provided that
 * our own server's signature vouches for the delivery. Public messages pin nothing: they are judged
 * by the pinned key, or else by the advertised one.
 *
 * <p>A user who shows another key than the pinned one is announced once per key ({@code
 * KEY_CHANGED}), and nothing is sent to that user until the old key is shown again or a person
 * removes the pin.
 */
final class KeyBook {

    /** Whether our server's signature is on a delivery. */
    enum Voucher {
        HOLDS,
        FAILS,
        /** The server's key is not known, so there is nothing to check against. */
        UNKNOWN
    }

    private final UserId self;
    private final PinnedKeys pins;
    private final Directory directory;
    private final Consumer<ClientEvent> events;
    private final Map<UserId, RsaPublicKey> changedKeyByUser = new HashMap<>();

    KeyBook(ClientIdentity self, Directory directory, Consumer<ClientEvent> events) {
        this.self = self.user();
        this.pins = self.pinnedKeys();
        this.directory = directory;
        this.events = events;
    }

    /** A server says that this is the user's key now. */
    void onOffered(UserId user, RsaPublicKey offered) {
        RsaPublicKey pinned = pinnedKeyOf(user);
        if (pinned == null || user.equals(self)) {
            return;
        }
        if (pinned.equals(offered)) {
            changedKeyByUser.remove(user);
        } else {
            announceChange(user, pinned, offered);
        }
    }

    /** The key to encrypt under for a user whose server offers {@code offered}. */
    RsaPublicKey forSending(UserId user, RsaPublicKey offered) throws SocpException {
        RsaPublicKey pinned = pinnedKeyOf(user);
        if (pinned == null) {
            return offered;
        }
        if (!pinned.equals(offered)) {
            announceChange(user, pinned, offered);
        }
        RsaPublicKey changed = changedKeyByUser.get(user);
        if (changed != null) {
            throw new SocpException(ClientErrorCode.KEY_CHANGED, changeOf(user, pinned, changed));
        }
        return pinned;
    }

    /** Something goes to the user, or has come, under this key: the first contact, perhaps. */
    void onContact(UserId user, RsaPublicKey key) {
        if (pinnedKeyOf(user) == null) {
            pin(user, key);
        }
    }

    /**
     * Whether a direct message is its author's.
     *
     * @param senderPub the key the message names, empty when it names none
     * @param signedBy whether the message's content signature holds under a key
     */
    boolean isVerifiedDirect(
            UserId author, String senderPub, Voucher voucher, Predicate<RsaPublicKey> signedBy) {
        RsaPublicKey pinned = pinnedKeyOf(author);
        if (pinned != null) {
            if (signedBy.test(pinned)) {
                return voucher != Voucher.FAILS;
            }
            RsaPublicKey named = read(senderPub);
            if (named != null && !named.equals(pinned) && signedBy.test(named)) {
                announceChange(author, pinned, named);
            }
            return false;
        }
        RsaPublicKey candidate = directory.keyOf(author);
        if (candidate == null && voucher == Voucher.HOLDS) {
            candidate = read(senderPub);
        }
        if (candidate == null || voucher == Voucher.FAILS || !signedBy.test(candidate)) {
            return false;
        }
        pin(author, candidate);
        return true;
    }

    /** The key to judge a public message by: pinned, or else advertised, or null. */
    @Nullable RsaPublicKey forReading(UserId author) {
        RsaPublicKey pinned = pinnedKeyOf(author);
        return pinned == null ? directory.keyOf(author) : pinned;
    }

    /** The user's pinned key, or null; our own for ourselves. */
    @Nullable RsaPublicKey pinnedKeyOf(UserId user) {
        return user.equals(self) ? directory.keyOf(self) : pins.keyOf(user);
    }

    private void pin(UserId user, RsaPublicKey key) {
        try {
            pins.pin(user, key);
        } catch (IOException notKept) {
            events.accept(
                    new ClientEvent.ClientError(
                            ClientErrorCode.PIN_NOT_SAVED,
                            "the key of " + user + " is not saved: " + notKept.getMessage()));
        }
    }

    private void announceChange(UserId user, RsaPublicKey pinned, RsaPublicKey offered) {
        if (!offered.equals(changedKeyByUser.put(user, offered))) {
            events.accept(
                    new ClientEvent.ClientError(
                            ClientErrorCode.KEY_CHANGED, changeOf(user, pinned, offered)));
        }
    }

    private static String changeOf(UserId user, RsaPublicKey pinned, RsaPublicKey offered) {
        return "the key of "
                + user
                + " is not the one known: known "
                + pinned.fingerprint()
                + ", now "
                + offered.fingerprint()
                + "; nothing is sent to this user until the known key is removed from the profile";
    }

    private static @Nullable RsaPublicKey read(String text) {
        return RsaPublicKey.read(text) instanceof KeyReading.Valid(RsaPublicKey key) ? key : null;
    }
}
