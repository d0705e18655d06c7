package io.socp.relay.client;

import io.socp.relay.client.KeyBook.Voucher;
import io.socp.relay.client.e2e.Opener;
import io.socp.relay.client.e2e.Opening;
import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.MeshMessage;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.NoticeMessage.Ack;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SessionMessage.UserWelcome;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.verify.ContentSignature;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the server sends: verifies, decrypts, and turns it into events. Confined to the
 * client's queue, which RSA holds up for a millisecond or two per message.
 *
 * <p>A message that does not verify is shown and marked; one that cannot be read is reported.
 * Frames no client needs are ignored, as SOCP §10 asks of unknown ones.
 */
final class Inbox {

    /** What the queries' answers and the welcome are handed to. */
    interface Answers {
        void onWelcome(UserWelcome welcome, Envelope envelope);

        void onKeyOffered(UserId user, RsaPublicKey key);

        void onListResponse(ListResponse page);

        void onPubkeyResponse(PubkeyResponse response);
    }

    private final UserId self;
    private final Opener opener;
    private final SignatureVerifier verifier;
    private final HomeServer home;
    private final Directory directory;
    private final KeyBook keys;
    private final Consumer<ClientEvent> events;
    private final MessageParser parser = new MessageParser(IdRule.LENIENT);

    Inbox(
            ClientIdentity self,
            SignatureVerifier verifier,
            HomeServer home,
            Directory directory,
            KeyBook keys,
            Consumer<ClientEvent> events) {
        this.self = self.user();
        this.opener = new Opener(self.key());
        this.verifier = verifier;
        this.home = home;
        this.directory = directory;
        this.keys = keys;
        this.events = events;
    }

    void onEnvelope(Envelope envelope, Answers answers) {
        switch (parser.parse(envelope)) {
            case Parsing.Parsed(SocpMessage message) -> onMessage(message, envelope, answers);
            case Parsing.UnknownType _ -> {} // an extension of that server's
            case Parsing.BadField bad -> refuse(envelope, bad.detail());
            case Parsing.BadKey bad -> refuse(envelope, bad.detail());
        }
    }

    private void refuse(Envelope envelope, String detail) {
        problem(ClientErrorCode.BAD_FRAME, envelope.type() + ": " + detail);
    }

    private void onMessage(SocpMessage message, Envelope envelope, Answers answers) {
        switch (message) {
            case UserWelcome welcome -> answers.onWelcome(welcome, envelope);
            case UserDeliver deliver -> onDeliver(deliver, envelope);
            case MsgDirect direct -> onDirect(direct, Voucher.UNKNOWN); // some relay it unwrapped
            case MsgPublicChannel text -> onPublic(text, envelope);
            case PresenceMessage presence -> onPresence(presence, envelope, answers);
            case QueryMessage query -> onQuery(query, envelope, answers);
            case ErrorNotice error ->
                    events.accept(new ClientEvent.ServerError(error.code(), error.detail()));
            case Ack _, CtrlClose _, UserHello _, ServerDeliver _ -> {}
            case FilePart _, ChannelMessage _, MeshMessage _ -> {}
        }
    }

    private void onDeliver(UserDeliver deliver, Envelope envelope) {
        MsgDirect direct =
                new MsgDirect(
                        deliver.author(), deliver.recipient(), deliver.ts(), deliver.sealed());
        onDirect(direct, home.voucherFor(envelope));
    }

    private void onDirect(MsgDirect direct, Voucher voucher) {
        UserId author = direct.author();
        if (!direct.recipient().equals(self)) {
            problem(
                    ClientErrorCode.BAD_FRAME,
                    "a message from " + author + " for " + direct.recipient() + " came here");
            return;
        }
        SealedText sealed = direct.sealed();
        switch (opener.direct(sealed)) {
            case Opening.Unreadable(String reason) -> unreadable("a message", author, reason);
            case Opening.Text(String text, _) -> {
                boolean isVerified =
                        keys.isVerifiedDirect(
                                author,
                                sealed.senderPub(),
                                voucher,
                                key ->
                                        ContentSignature.holdsDirect(
                                                verifier, key, sealed, author, self, direct.ts()));
                events.accept(new ClientEvent.DirectMessage(author, text, direct.ts(), isVerified));
            }
        }
    }

    private void onPublic(MsgPublicChannel message, Envelope envelope) {
        UserId author = message.author();
        if (author.equals(self)) {
            return; // some servers echo
        }
        switch (Opener.publicText(message.sealed(), plainText(envelope))) {
            case Opening.Unreadable(String reason) ->
                    unreadable("a public message", author, reason);
            case Opening.Text(String text, boolean isContentSigned) -> {
                RsaPublicKey key = keys.forReading(author);
                boolean isVerified =
                        key != null
                                && (TransportSignature.holds(verifier, key, envelope)
                                        || (isContentSigned && isContentOf(message, key)));
                events.accept(
                        new ClientEvent.PublicMessage(author, text, message.ts(), isVerified));
            }
        }
    }

    private boolean isContentOf(MsgPublicChannel message, RsaPublicKey key) {
        return ContentSignature.holdsPublic(
                verifier, key, message.sealed(), message.author(), message.ts());
    }

    private static @Nullable String plainText(Envelope envelope) {
        return envelope.payload().members().get("text") instanceof JsonText(String text)
                ? text
                : null;
    }

    private void onPresence(PresenceMessage presence, Envelope envelope, Answers answers) {
        if (home.isForged(envelope)) {
            problem(ClientErrorCode.INVALID_SIG, envelope.type() + " is not signed by the server");
            return;
        }
        switch (presence) {
            case UserAdvertise(
                            _,
                            UserId user,
                            var server,
                            _,
                            RsaPublicKey key,
                            JsonObject meta) -> {
                directory.advertise(user, server, displayName(meta), key);
                if (key != null && !user.equals(self)) {
                    answers.onKeyOffered(user, key);
                }
            }
            case UserRemove remove -> directory.remove(remove.user(), remove.server());
        }
    }

    private static @Nullable String displayName(JsonObject meta) {
        return meta.get("display_name") instanceof JsonText(String name) && !name.isBlank()
                ? name
                : null;
    }

    private void onQuery(QueryMessage query, Envelope envelope, Answers answers) {
        if (home.voucherFor(envelope) == Voucher.FAILS) {
            problem(ClientErrorCode.INVALID_SIG, envelope.type() + " is not signed by the server");
            return;
        }
        switch (query) {
            case ListResponse page -> answers.onListResponse(page);
            case PubkeyResponse response -> answers.onPubkeyResponse(response);
            case ListRequest _, PubkeyRequest _, QueryMessage.ForeignQuery _ -> {}
        }
    }

    private void unreadable(String what, UserId author, String reason) {
        problem(
                ClientErrorCode.UNREADABLE,
                what + " from " + author + " cannot be read: " + reason);
    }

    private void problem(ClientErrorCode code, String detail) {
        events.accept(new ClientEvent.ClientError(code, detail));
    }
}
