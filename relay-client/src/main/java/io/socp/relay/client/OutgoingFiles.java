package io.socp.relay.client;

import io.socp.relay.client.e2e.Addressee;
import io.socp.relay.client.e2e.FileReceipt;
import io.socp.relay.client.file.FileSource;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files this user sends. Confined to the client's queue.
 *
 * <p>A few go at a time, and one to each reader; the others wait. Files are opened, which reads all
 * of them, on threads of their own.
 */
final class OutgoingFiles {

    /** Files under way at a time. */
    static final int FILES_MAX = 4;

    /** Files that wait for their turn. */
    static final int WAITING_MAX = 64;

    /** How long a server's errors about a reader who is gone are taken for news of old pieces. */
    private static final Duration STRAGGLERS = Duration.ofSeconds(10);

    /**
     * What to send to whom.
     *
     * @param to a user's id, or {@code public}
     * @param reader null for everyone
     */
    record Order(String to, @Nullable Addressee reader, Path path) {}

    /**
     * What sending needs.
     *
     * @param settled completes when the server has dealt with what was sent before
     */
    record Desk(
            Outbox outbox,
            Turns turns,
            Ticker clock,
            Supplier<CompletableFuture<Void>> settled,
            Consumer<ClientEvent> events) {}

    private record Waiting(Order order, CompletableFuture<Sent.State> sent) {}

    private final Desk desk;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final List<OutgoingFile> files = new ArrayList<>();

    /** Until when errors about a reader are not news, in ns. */
    private final Map<String, Long> goneUntilNs = new HashMap<>();

    /** Readers to whom a file goes. */
    private final Set<String> busy = new HashSet<>();

    OutgoingFiles(Desk desk) {
        this.desk = desk;
    }

    /**
     * Completes when all of it is sent, or delivered where the reader says so; fails with {@code
     * FILE_FAILED}, {@code USER_NOT_FOUND} when the reader leaves meanwhile, or {@code OVERLOADED}.
     */
    CompletableFuture<Sent.State> send(Order order) {
        if (waiting.size() >= WAITING_MAX) {
            return CompletableFuture.failedFuture(
                    new SocpException(
                            ClientErrorCode.OVERLOADED,
                            WAITING_MAX + " files are waiting to be sent already"));
        }
        goneUntilNs.remove(order.to());
        Waiting next = new Waiting(order, new CompletableFuture<>());
        waiting.add(next);
        startNext();
        return next.sent();
    }

    /** Whether the server's error is about a file under way, which is then over. */
    boolean onServerError(ErrorNotice error) {
        if (!error.code().equals(ErrorCode.USER_NOT_FOUND.name())) {
            return false;
        }
        long nowNs = desk.clock().now().ns();
        goneUntilNs.values().removeIf(until -> until - nowNs < 0);
        List<OutgoingFile> lost =
                files.stream().filter(file -> error.detail().contains(file.to())).toList();
        lost.forEach(file -> onGone(file, nowNs));
        return !lost.isEmpty() || goneUntilNs.keySet().stream().anyMatch(error.detail()::contains);
    }

    /** A user is not there any more. */
    void onUserLeft(UserId user) {
        long nowNs = desk.clock().now().ns();
        files.stream()
                .filter(file -> file.to().equals(user.value()))
                .toList()
                .forEach(file -> onGone(file, nowNs));
    }

    /** A reader says how far a file is. */
    void onReceipt(UserId reader, FileReceipt receipt) {
        files.stream()
                .filter(file -> file.to().equals(reader.value()))
                .filter(file -> file.fileId().equals(receipt.fileId()))
                .findFirst()
                .ifPresent(file -> file.onReceipt(receipt));
    }

    /** A receipt goes to the user, who may be gone: an error about it is no news. */
    void onSendingReceipt(UserId user) {
        expectStragglers(user.value(), desk.clock().now().ns());
    }

    /** Something else is being sent to the user: errors about it are news. */
    void onSending(UserId user) {
        goneUntilNs.remove(user.value());
    }

    void onEnd(SocpException cause) {
        waiting.forEach(next -> next.sent().completeExceptionally(cause));
        waiting.clear();
        List.copyOf(files).forEach(file -> file.abort(ClientErrorCode.CLOSED, cause.detail()));
    }

    private void onGone(OutgoingFile file, long nowNs) {
        expectStragglers(file.to(), nowNs);
        file.abort(ClientErrorCode.USER_NOT_FOUND, "the user has left");
    }

    private void expectStragglers(String user, long nowNs) {
        goneUntilNs.values().removeIf(until -> until - nowNs < 0);
        goneUntilNs.put(user, nowNs + STRAGGLERS.toNanos());
    }

    private void startNext() {
        Waiting next = busy.size() >= FILES_MAX ? null : pollIdle();
        if (next == null) {
            return;
        }
        busy.add(next.order().to());
        CompletableFuture<Sent.State> sending =
                opened(next.order().path())
                        .thenComposeAsync(source -> send(next.order(), source), desk.turns())
                        .whenCompleteAsync((_, _) -> onOver(next.order()), desk.turns());
        Failures.relay(sending, next.sent());
    }

    /** The first that waits and whose reader is not busy. */
    private @Nullable Waiting pollIdle() {
        for (Waiting next : waiting) {
            if (!busy.contains(next.order().to())) {
                waiting.remove(next);
                return next;
            }
        }
        return null;
    }

    private void onOver(Order order) {
        busy.remove(order.to());
        startNext();
    }

    private CompletableFuture<Sent.State> send(Order order, FileSource source) {
        OutgoingFile file = new OutgoingFile(order, source, desk);
        files.add(file);
        return file.send().whenComplete((_, _) -> files.remove(file));
    }

    private static CompletableFuture<FileSource> opened(Path path) {
        CompletableFuture<FileSource> opened = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("socp-file-open")
                .start(() -> {
                    try {
                        opened.complete(FileSource.open(path));
                    } catch (IOException unreadable) {
                        opened.completeExceptionally(
                                new SocpException(
                                        ClientErrorCode.FILE_FAILED,
                                        String.valueOf(unreadable.getMessage())));
                    }
                });
        return opened;
    }
}
