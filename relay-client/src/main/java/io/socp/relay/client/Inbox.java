package io.socp.relay.client;

import io.socp.relay.client.KeyBook.Voucher;
import io.socp.relay.client.e2e.FileReceipt;
import io.socp.relay.client.e2e.Opener;
import io.socp.relay.client.e2e.Opening;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage.PublicChannelAdd;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.PublicChannelUpdated;
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
import io.socp.relay.message.PresenceBatch;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Reads what the server sends: verifies, decrypts, and turns it into events. Confined to the
 * client's queue, which RSA holds up for a millisecond or two per message.
 *
 * <p>A message that does not verify is shown and marked; one that cannot be read is reported.
 * Frames no client needs are ignored, as SOCP §10 asks of unknown ones.
 */
final class Inbox {

    /** What is handed on, having been read; errors and those who left included. */
    interface Answers {
        void onWelcome(UserWelcome welcome, Envelope envelope);

        /** The server is about to close, and expects this user so much later. */
        void onGoodbye(long retryMs);

        void onKeyOffered(UserId user, RsaPublicKey key);

        void onListResponse(ListResponse page);

        void onPubkeyResponse(PubkeyResponse response);

        void onUserLeft(UserId user);

        void onServerError(ErrorNotice error);

        void onReceipt(UserId reader, FileReceipt receipt);

        void onFilePart(FilePart part, Envelope envelope);

        /** A file's frame that lacks what it must have. */
        void onUnreadableFilePart(Envelope envelope, String detail);
    }

    private final UserId self;
    private final Opener opener;
    private final SignatureVerifier verifier;
    private final HomeServer home;
    private final Directory directory;
    private final KeyBook keys;
    private final Layouts layouts;
    private final Shown shown;
    private final PublicReader publicReader;
    private final Consumer<ClientEvent> events;
    private final MessageParser parser = new MessageParser(IdRule.LENIENT);

    /** What is known of others, and what judges their signatures. */
    record Knowledge(
            SignatureVerifier verifier,
            HomeServer home,
            Directory directory,
            KeyBook keys,
            Layouts layouts,
            Shown shown) {}

    Inbox(
            ClientIdentity self,
            Knowledge known,
            PublicReader publicReader,
            Consumer<ClientEvent> events) {
        this.self = self.user();
        this.opener = new Opener(self.key());
        this.verifier = known.verifier();
        this.home = known.home();
        this.directory = known.directory();
        this.keys = known.keys();
        this.layouts = known.layouts();
        this.shown = known.shown();
        this.publicReader = publicReader;
        this.events = events;
    }

    void onEnvelope(Envelope envelope, Answers answers) {
        switch (parser.parse(envelope)) {
            case Parsing.Parsed(SocpMessage message) -> onMessage(message, envelope, answers);
            case Parsing.UnknownType _ -> {} // an extension of that server's
            case Parsing.BadField bad -> refuse(envelope, bad.detail(), answers);
            case Parsing.BadKey bad -> refuse(envelope, bad.detail(), answers);
        }
    }

    private void refuse(Envelope envelope, String detail, Answers answers) {
        if (envelope.type().startsWith("FILE_")) {
            answers.onUnreadableFilePart(envelope, detail);
        } else if (!envelope.type().startsWith("PUBLIC_CHANNEL_")) { // others' forms differ
            problem(ClientErrorCode.BAD_FRAME, envelope.type() + ": " + detail);
        }
    }

    private void onMessage(SocpMessage message, Envelope envelope, Answers answers) {
        switch (message) {
            case UserWelcome welcome -> answers.onWelcome(welcome, envelope);
            case UserDeliver deliver -> onDeliver(deliver, envelope, answers);
            case MsgDirect direct -> // some relay it unwrapped
                    onDirect(direct, Voucher.UNKNOWN, answers);
            case MsgPublicChannel text -> {
                if (shown.isFirst(text.author(), text.channel(), text.ts(), text.sealed())) {
                    publicReader.onMessage(text, envelope);
                }
            }
            case CtrlClose(Long retryMs) -> {
                if (retryMs != null) {
                    answers.onGoodbye(retryMs);
                }
            }
            case PresenceMessage presence -> onPresence(presence, envelope, answers);
            case QueryMessage query -> onQuery(query, envelope, answers);
            case ErrorNotice error -> answers.onServerError(error);
            case FilePart part -> answers.onFilePart(part, envelope);
            case PublicChannelKeyShare share -> publicReader.onShare(share);
            case Ack _, UserHello _, ServerDeliver _ -> {}
            case PublicChannelAdd _, PublicChannelUpdated _, MeshMessage _, PresenceBatch _ -> {}
        }
    }

    private void onDeliver(UserDeliver deliver, Envelope envelope, Answers answers) {
        MsgDirect direct =
                new MsgDirect(
                        deliver.author(), deliver.recipient(), deliver.ts(), deliver.sealed());
        onDirect(direct, home.voucherFor(envelope), answers);
    }

    private void onDirect(MsgDirect direct, Voucher voucher, Answers answers) {
        UserId author = direct.author();
        if (!direct.recipient().equals(self)) {
            problem(
                    ClientErrorCode.BAD_FRAME,
                    "a message from " + author + " for " + direct.recipient() + " came here");
            return;
        }
        SealedText sealed = direct.sealed();
        if (Opener.isReceipt(sealed)) {
            FileReceipt receipt = opener.receipt(sealed);
            if (receipt != null && isVerified(direct, voucher)) {
                answers.onReceipt(author, receipt);
            }
            return;
        }
        if (!shown.isFirst(author, self.value(), direct.ts(), sealed)) {
            return;
        }
        switch (opener.direct(sealed)) {
            case Opening.Unreadable(String reason) -> unreadable("a message", author, reason);
            case Opening.Text(String text, _) -> {
                boolean isVerified = isVerified(direct, voucher);
                events.accept(new ClientEvent.DirectMessage(author, text, direct.ts(), isVerified));
            }
        }
    }

    private boolean isVerified(MsgDirect direct, Voucher voucher) {
        AtomicReference<ContentSignature> layout = new AtomicReference<>();
        boolean isVerified =
                keys.isVerifiedDirect(
                        direct.author(),
                        direct.sealed().senderPub(),
                        voucher,
                        key -> {
                            layoutOf(direct, key).ifPresent(layout::set);
                            return layout.get() != null;
                        });
        if (isVerified) {
            layouts.onSeen(direct.author(), layout.get());
        }
        return isVerified;
    }

    private Optional<ContentSignature> layoutOf(MsgDirect direct, RsaPublicKey key) {
        return ContentSignature.layoutOfDirect(
                verifier, key, direct.sealed(), direct.author(), self, direct.ts());
    }

    private void onPresence(PresenceMessage presence, Envelope envelope, Answers answers) {
        if (home.isForged(envelope)) {
            problem(ClientErrorCode.INVALID_SIG, envelope.type() + " is not signed by the server");
            return;
        }
        switch (presence) {
            case UserAdvertise said -> {
                RsaPublicKey key = said.key();
                directory.advertise(said.user(), Advertised.of(said));
                if (key != null && !said.user().equals(self)) {
                    answers.onKeyOffered(said.user(), key);
                }
            }
            case UserRemove remove -> {
                if (directory.remove(remove.user(), remove.server())) {
                    answers.onUserLeft(remove.user());
                }
            }
        }
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
