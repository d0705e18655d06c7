package io.socp.relay.client;

import io.socp.relay.client.FileProgress.Direction;
import io.socp.relay.client.OutgoingFiles.Order;
import io.socp.relay.client.e2e.ChunkSealer;
import io.socp.relay.client.e2e.FileKey;
import io.socp.relay.client.e2e.FileReceipt;
import io.socp.relay.client.file.FileSource;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file on its way out: manifest, pieces, end (SOCP §9.4). Confined to the client's queue, of
 * which it takes one turn for each piece, so that everything else gets its own in between.
 *
 * <p>Pieces follow as the connection takes them: at most {@link #WINDOW_BYTES} are not written yet.
 * One of our own clients acknowledges them as well, and a {@link FileWindow} says how many may be
 * on their way to it; towards others a {@link Pace} stands in for that.
 */
final class OutgoingFile {

    /** Bytes of frames made and not written. */
    static final int WINDOW_BYTES = 256 * 1024;

    /** Between two words on how far it is. */
    static final long PROGRESS_NS = 250_000_000;

    /** How long nothing may be written, or answered in the end. */
    static final Duration STALL = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(OutgoingFile.class);

    private final Order order;
    private final FileSource source;
    private final OutgoingFiles.Desk desk;
    private final String fileId = UUID.randomUUID().toString();
    private final ChunkSealer sealer;
    private final @Nullable String wrappedKey;
    private final Pace pace;
    private final FileWindow window;
    private final CompletableFuture<Sent.State> done = new CompletableFuture<>();
    private int nextIndex;
    private long unwrittenBytes;
    private long sentBytes;
    private long acknowledgedBytes;
    private long startedNs;
    private long lastProgressNs;
    private boolean isWaiting;

    OutgoingFile(Order order, FileSource source, OutgoingFiles.Desk desk) {
        this.order = order;
        this.source = source;
        this.desk = desk;
        this.window = new FileWindow(desk.clock().now().ns());
        if (order.reader() == null) {
            wrappedKey = null;
            sealer = ChunkSealer.open();
            pace = Pace.TO_EVERYONE;
        } else if (order.reader().isHybrid()) {
            FileKey key = FileKey.random();
            wrappedKey = key.wrappedFor(order.reader().key());
            sealer = ChunkSealer.hybrid(key, fileId);
            pace = Pace.BY_RECEIPTS;
        } else {
            wrappedKey = null;
            sealer = ChunkSealer.blocks(order.reader().key());
            pace = Pace.TO_STRANGERS;
        }
    }

    /**
     * Completes when the reader has it, where the reader says so, and otherwise when the server has
     * dealt with all of it, as far as it lets a client know.
     */
    CompletableFuture<Sent.State> send() {
        Failures.finish(write(Outbox.FileFrame.START, manifest()));
        startedNs = desk.clock().now().ns();
        lastProgressNs = startedNs;
        tellProgress(false);
        step();
        watch(0);
        return done.whenComplete((_, _) -> close());
    }

    String fileId() {
        return fileId;
    }

    String to() {
        return order.to();
    }

    /** Ends it with the reason why the reader will not have it. */
    void abort(ClientErrorCode code, String reason) {
        String detail = "file " + source.name() + " to " + order.to() + " is not delivered: ";
        String sent = " (" + sentBytes + " of " + source.size() + " bytes were sent)";
        done.completeExceptionally(new SocpException(code, detail + reason + sent));
    }

    private void step() {
        if (done.isDone()) {
            return;
        }
        if (unwrittenBytes >= WINDOW_BYTES || (pace == Pace.BY_RECEIPTS && window.isFull())) {
            isWaiting = true;
            return;
        }
        long nowNs = desk.clock().now().ns();
        long delayNs =
                pace == Pace.BY_RECEIPTS
                        ? window.delayNs(nowNs)
                        : pace.delayNs(nextIndex, nowNs - startedNs);
        if (delayNs > 0) {
            desk.turns().after(Duration.ofNanos(delayNs), this::step);
            return;
        }
        byte[] piece;
        try {
            piece = source.next(sealer.bytesMax());
        } catch (IOException unreadable) {
            Failures.finish(
                    write(Outbox.FileFrame.END, end())); // tells the reader that no more will come
            abort(ClientErrorCode.FILE_FAILED, String.valueOf(unreadable.getMessage()));
            return;
        }
        if (piece.length == 0) {
            Failures.finish(write(Outbox.FileFrame.END, end()));
            if (pace == Pace.BY_RECEIPTS) {
                return; // the last receipt ends it
            }
            Failures.finish(
                    desk.settled()
                            .get()
                            .whenCompleteAsync((_, failure) -> onSettled(failure), desk.turns()));
            return;
        }
        Payload chunk = chunk(piece);
        int bytes = chunk.canonical().length;
        unwrittenBytes += bytes;
        if (pace == Pace.BY_RECEIPTS) {
            window.onMade(piece.length, nowNs);
        }
        Failures.finish(
                write(Outbox.FileFrame.CHUNK, chunk)
                        .whenCompleteAsync(
                                (_, failure) -> onWritten(bytes, piece.length, failure),
                                desk.turns()));
        desk.turns().execute(this::step);
    }

    private void onWritten(int frameBytes, int pieceBytes, @Nullable Throwable failure) {
        unwrittenBytes -= frameBytes;
        if (failure != null) {
            done.completeExceptionally(Failures.named(failure));
            return;
        }
        sentBytes += pieceBytes;
        long nowNs = desk.clock().now().ns();
        if (nowNs - lastProgressNs >= PROGRESS_NS && !done.isDone()) {
            lastProgressNs = nowNs;
            tellProgress(false);
        }
        goOn();
    }

    /** The reader says how far it is. */
    void onReceipt(FileReceipt receipt) {
        switch (receipt.state()) {
            case UNDERWAY -> {
                acknowledgedBytes = Math.max(acknowledgedBytes, receipt.bytes());
                window.onReceipt(receipt.bytes(), desk.clock().now().ns());
                goOn();
            }
            case WHOLE -> done.complete(Sent.State.DELIVERED);
            case REFUSED ->
                    abort(ClientErrorCode.FILE_FAILED, "the reader says: " + receipt.reason());
        }
    }

    private void goOn() {
        if (isWaiting) {
            isWaiting = false;
            step();
        }
    }

    private void onSettled(@Nullable Throwable failure) {
        if (failure == null) {
            done.complete(Sent.State.ACCEPTED);
        } else {
            done.completeExceptionally(Failures.named(failure));
        }
    }

    private void watch(long progressBefore) {
        desk.turns()
                .after(
                        STALL,
                        () -> {
                            if (done.isDone()) {
                                return;
                            }
                            long progress = sentBytes + acknowledgedBytes;
                            if (progress == progressBefore) {
                                String reason = "nothing is taken for " + STALL.toSeconds() + " s";
                                abort(ClientErrorCode.FILE_FAILED, reason);
                            } else {
                                watch(progress);
                            }
                        });
    }

    private CompletableFuture<Void> write(Outbox.FileFrame frame, Payload payload) {
        return desk.outbox().file(frame, order.to(), payload);
    }

    private void tellProgress(boolean isOver) {
        desk.events()
                .accept(
                        new FileProgress(
                                Direction.OUTGOING,
                                fileId,
                                source.name(),
                                order.to(),
                                sentBytes,
                                source.size(),
                                isOver));
    }

    private void close() {
        tellProgress(true);
        try {
            source.close();
        } catch (IOException notClosed) {
            log.debug("a file that was sent is not closed", notClosed);
        }
    }

    private Payload manifest() {
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("file_id", fileId)
                        .put("name", source.name())
                        .put("size", source.size())
                        .put("sha256", source.sha256())
                        .put("mode", order.reader() == null ? "public" : "dm");
        if (wrappedKey != null) {
            fields.put("wrapped_key", wrappedKey);
        }
        return Payload.of(fields.build());
    }

    private Payload chunk(byte[] piece) {
        int index = nextIndex++;
        return Payload.of(
                JsonObject.builder()
                        .put("file_id", fileId)
                        .put("index", index)
                        .put("ciphertext", Base64Url.encode(sealer.seal(index, piece)))
                        .build());
    }

    private Payload end() {
        return Payload.of(JsonObject.builder().put("file_id", fileId).build());
    }
}
