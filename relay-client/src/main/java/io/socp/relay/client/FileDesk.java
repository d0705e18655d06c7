package io.socp.relay.client;

import io.socp.relay.client.FileProgress.Direction;
import io.socp.relay.client.e2e.FileReceipt;
import io.socp.relay.client.e2e.FileReceipt.State;
import io.socp.relay.client.file.Downloads;
import io.socp.relay.client.file.FileOutcome;
import io.socp.relay.client.file.IncomingFiles;
import io.socp.relay.client.file.Manifest;
import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.ChatMessage.FileEnd;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.FileStart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of files that others send, judges their signatures, and tells what came of them.
 * Confined to the client's queue.
 *
 * <p>A file is verified when it is what its manifest says and all its frames carry signatures of
 * the sender, under the key known for the sender. Many clients sign none: their files are taken,
 * and shown as not verified.
 */
final class FileDesk {

    private final UserId self;
    private final KeyBook keys;
    private final SignatureVerifier verifier;
    private final Duration idleTimeout;
    private final @Nullable IncomingFiles files;
    private final Needs needs;

    /** When a file's progress was last told, in ns. */
    private final Map<Manifest, Long> toldNs = new HashMap<>();

    /** How many times {@link FileWindow#RECEIPT_BYTES} of a file are acknowledged. */
    private final Map<Manifest, Long> acknowledged = new HashMap<>();

    private boolean isWatching;

    /** What the desk needs of the conversation it belongs to. */
    record Needs(
            KeyBook keys,
            SignatureVerifier verifier,
            ClientOptions options,
            Turns turns,
            BiConsumer<UserId, FileReceipt> receipts,
            Consumer<ClientEvent> events) {}

    FileDesk(ClientIdentity self, Needs needs) {
        this.self = self.user();
        this.keys = needs.keys();
        this.verifier = needs.verifier();
        this.needs = needs;
        FileOptions options = needs.options().files();
        this.idleTimeout = options.limits().idleTimeout();
        Path downloads = options.downloads();
        this.files =
                downloads == null
                        ? null
                        : new IncomingFiles(self.key(), new Downloads(downloads), options.limits());
    }

    void onPart(FilePart part, Envelope envelope) {
        if (part.author().equals(self)) {
            return; // some servers echo
        }
        if (files == null) {
            refuse(part, envelope);
            return;
        }
        switch (part) {
            case FileStart start -> {
                JsonObject payload = envelope.payload().members();
                Manifest manifest =
                        Manifest.of(start, sender(start.author(), payload), payload, self);
                boolean isSigned = isSigned(manifest.sender(), envelope);
                tell(files.onStart(manifest, isSigned, nowNs()));
                watch();
            }
            case FileChunk chunk -> {
                boolean isSigned = isSigned(files.senderOf(chunk), envelope);
                tell(files.onChunk(chunk, isSigned, nowNs()));
            }
            case FileEnd end -> {
                boolean isSigned = isSigned(files.senderOf(end), envelope);
                tell(files.onEnd(end, isSigned, nowNs()));
            }
        }
    }

    /** This client takes no files; who waits for a receipt is told. */
    private void refuse(FilePart part, Envelope envelope) {
        if (part instanceof FileStart start) {
            UserId sender = start.author();
            JsonObject payload = envelope.payload().members();
            acknowledge(
                    Manifest.of(start, sender, payload, self),
                    State.REFUSED,
                    0,
                    "this client takes no files");
        }
    }

    private void acknowledge(Manifest manifest, State state, long bytes, String reason) {
        if (manifest.wantsReceipts()) {
            needs.receipts()
                    .accept(
                            manifest.sender(),
                            new FileReceipt(manifest.fileId(), state, bytes, reason));
        }
    }

    /** A frame of a file that lacks what it must have; ends the transfer it names. */
    void onUnreadable(Envelope envelope, String detail) {
        if (files != null
                && IdRule.LENIENT.accepts(envelope.from())
                && envelope.payload().members().get("file_id") instanceof JsonText(String id)) {
            tell(files.onUnreadable(new UserId(envelope.from()), id, detail));
        }
    }

    void onUserLeft(UserId user) {
        if (files != null) {
            files.onSenderLeft(user).forEach(this::tell);
        }
    }

    void onEnd() {
        if (files != null) {
            files.onSessionEnd().forEach(this::tell);
        }
    }

    /**
     * Who the file is from: some servers send under their own name and put the user's in the
     * payload.
     */
    private UserId sender(UserId from, JsonObject payload) {
        return keys.forReading(from) == null
                        && payload.get("sender") instanceof JsonText(String sender)
                        && IdRule.LENIENT.accepts(sender)
                ? new UserId(sender)
                : from;
    }

    private boolean isSigned(UserId sender, Envelope envelope) {
        RsaPublicKey key = keys.forReading(sender);
        return key != null && TransportSignature.holds(verifier, key, envelope);
    }

    private void tell(FileOutcome outcome) {
        switch (outcome) {
            case FileOutcome.Nothing() -> {}
            case FileOutcome.Underway(Manifest manifest, long received) -> {
                if (received / FileWindow.RECEIPT_BYTES > acknowledged.getOrDefault(manifest, 0L)) {
                    acknowledged.put(manifest, received / FileWindow.RECEIPT_BYTES);
                    acknowledge(manifest, State.UNDERWAY, received, "");
                }
                Long toldLastNs = toldNs.get(manifest);
                if (toldLastNs == null || nowNs() - toldLastNs >= OutgoingFile.PROGRESS_NS) {
                    toldNs.put(manifest, nowNs());
                    tellProgress(manifest, received, false);
                }
            }
            case FileOutcome.Received received -> tellReceived(received);
            case FileOutcome.Refused(
                            UserId from,
                            String name,
                            String reason,
                            Manifest manifest) -> {
                if (manifest != null) {
                    forget(manifest);
                    tellProgress(manifest, 0, true);
                    acknowledge(manifest, State.REFUSED, 0, reason);
                }
                needs.events()
                        .accept(
                                new ClientEvent.ClientError(
                                        ClientErrorCode.FILE_REFUSED,
                                        "file "
                                                + name
                                                + " from "
                                                + from
                                                + " is not here: "
                                                + reason));
            }
        }
    }

    private void forget(Manifest manifest) {
        toldNs.remove(manifest);
        acknowledged.remove(manifest);
    }

    private void tellReceived(FileOutcome.Received received) {
        Manifest manifest = received.manifest();
        forget(manifest);
        tellProgress(manifest, manifest.size(), true);
        acknowledge(manifest, State.WHOLE, manifest.size(), "");
        RsaPublicKey key = keys.forReading(manifest.sender());
        if (received.isVerified() && !manifest.isPublic() && key != null) {
            keys.onContact(manifest.sender(), key);
        }
        needs.events()
                .accept(
                        new ClientEvent.FileReceived(
                                manifest.sender(),
                                manifest.safeName(),
                                received.path(),
                                manifest.size(),
                                received.sha256(),
                                received.isVerified()));
    }

    private void tellProgress(Manifest manifest, long received, boolean isOver) {
        needs.events()
                .accept(
                        new FileProgress(
                                Direction.INCOMING,
                                manifest.fileId(),
                                manifest.safeName(),
                                manifest.sender().value(),
                                received,
                                manifest.size(),
                                isOver));
    }

    /** Looks after idle transfers as long as there are any. */
    private void watch() {
        if (files != null && !isWatching && !files.isIdle()) {
            isWatching = true;
            needs.turns().after(idleTimeout.dividedBy(4), this::onTime);
        }
    }

    private void onTime() {
        isWatching = false;
        if (files != null) {
            files.onTime(nowNs()).forEach(this::tell);
            watch();
        }
    }

    private long nowNs() {
        return needs.options().ticker().now().ns();
    }
}
