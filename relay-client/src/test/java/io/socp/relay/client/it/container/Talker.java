package io.socp.relay.client.it.container;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.PinnedKeys;
import io.socp.relay.client.SocpClient;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A user who comes back by himself, to the next relay he knows when one does not answer, and notes
 * in the ledger what became of what he wrote and read. Thread-safe.
 */
final class Talker {

    private static final int RETRY_MS_MIN = 100;
    private static final int RETRY_MS_MAX = 400;

    private final ClientIdentity self;
    private final List<URI> homes;
    private final Ledger ledger;
    private final ScheduledExecutorService timer;
    private final AtomicInteger home = new AtomicInteger();
    private volatile @Nullable SocpClient client;
    private volatile boolean isGone;

    /** Homes in the order of preference. */
    Talker(TestKeys key, List<URI> homes, Ledger ledger, ScheduledExecutorService timer) {
        this.self =
                new ClientIdentity(
                        new UserId(UUID.randomUUID().toString()),
                        key.identity(),
                        null,
                        PinnedKeys.inMemory());
        this.homes = homes;
        this.ledger = ledger;
        this.timer = timer;
    }

    UserId user() {
        return self.user();
    }

    URI firstHome() {
        return homes.getFirst();
    }

    boolean isHere() {
        return client != null;
    }

    void connect() {
        URI relay = homes.get(Math.floorMod(home.get(), homes.size()));
        var _ =
                SocpClient.connect(relay, self, this::onEvent)
                        .whenComplete((opened, failure) -> {
                            if (failure != null) {
                                home.incrementAndGet();
                                comeBackLater();
                            } else if (isGone) {
                                opened.close();
                            } else {
                                client = opened;
                            }
                        });
    }

    /** Writes to another; the text, or null when not connected. */
    @Nullable String say(Talker reader) {
        SocpClient open = client;
        if (open == null) {
            return null;
        }
        String text = ledger.write(user(), reader.user());
        CompletableFuture<Void> acknowledged =
                open.sendDirect(reader.user(), text).thenCompose(_ -> open.settled());
        var _ =
                acknowledged.whenComplete((_, failure) -> {
                    if (failure == null) {
                        ledger.onAcknowledged(text);
                    }
                });
        return text;
    }

    void leave() {
        isGone = true;
        SocpClient open = client;
        if (open != null) {
            open.close();
        }
    }

    private void onEvent(ClientEvent event) {
        switch (event) {
            case ClientEvent.DirectMessage message -> ledger.onShown(message.text());
            case ClientEvent.ServerError error -> {
                if (error.code().equals("USER_NOT_FOUND")) {
                    ledger.onReported(user(), new UserId(error.detail()));
                }
            }
            case ClientEvent.Closed _ -> {
                client = null;
                comeBackLater();
            }
            default -> {}
        }
    }

    private void comeBackLater() {
        if (!isGone && !timer.isShutdown()) {
            int waitMs = ThreadLocalRandom.current().nextInt(RETRY_MS_MIN, RETRY_MS_MAX);
            var _ = timer.schedule(this::connect, waitMs, TimeUnit.MILLISECONDS);
        }
    }
}
