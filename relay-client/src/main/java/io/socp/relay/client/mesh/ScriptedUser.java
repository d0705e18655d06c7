package io.socp.relay.client.mesh;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.PinnedKeys;
import io.socp.relay.client.SocpClient;
import io.socp.relay.client.SocpException;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * A user who follows a script first, and afterwards answers whoever writes. Thread-safe: events are
 * queued for the script, and answered on the client's queue once it is over.
 */
@ThreadSafe
final class ScriptedUser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final LocalRelay relay;
    private final BlockingQueue<ClientEvent> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<SocpClient> client;

    /** Whether the script is over. */
    private volatile boolean isAnswering;

    ScriptedUser(String name, LocalRelay relay, IdentityKey key) {
        this.name = name;
        this.relay = relay;
        UserId id = new UserId(UUID.randomUUID().toString());
        ClientIdentity identity = new ClientIdentity(id, key, name, PinnedKeys.inMemory());
        this.client = SocpClient.connect(relay.uri(), identity, this::onEvent);
    }

    /** As the audience knows the user. */
    String introduction() {
        return name + " on relay " + relay.number();
    }

    SocpClient client() throws MeshException, InterruptedException {
        return done(client, "connects");
    }

    UserId id() throws MeshException, InterruptedException {
        return client().user();
    }

    void tell(ScriptedUser other, String text) throws MeshException, InterruptedException {
        done(client().sendDirect(other.id(), text), "writes to " + other.name);
    }

    void tellAll(String text) throws MeshException, InterruptedException {
        done(client().sendPublic(text), "writes to all");
    }

    /** The next event of this kind for which the condition holds; others are passed over. */
    <E extends ClientEvent> E await(Class<E> kind, Predicate<E> isWanted)
            throws MeshException, InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            ClientEvent event = events.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new MeshException(
                        introduction()
                                + " has seen no "
                                + kind.getSimpleName()
                                + " within "
                                + PATIENCE.toSeconds()
                                + " s");
            }
            if (kind.isInstance(event) && isWanted.test(kind.cast(event))) {
                return kind.cast(event);
            }
        }
    }

    void startAnswering() {
        isAnswering = true;
        events.clear();
    }

    private void onEvent(ClientEvent event) {
        if (!isAnswering) {
            events.add(event);
        } else if (event instanceof ClientEvent.DirectMessage message && client.isDone()) {
            String answer =
                    "I am a script, but I can read: "
                            + message.text().codePoints().count()
                            + " characters, "
                            + (message.isVerified() ? "verified" : "NOT verified");
            var _ = client.join().sendDirect(message.from(), answer);
        }
    }

    @Override
    public void close() {
        var _ = client.thenAccept(SocpClient::close);
    }

    private <T> T done(CompletableFuture<T> step, String what)
            throws MeshException, InterruptedException {
        try {
            return step.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new MeshException(introduction() + ", who " + what + ": no result", slow);
        } catch (ExecutionException failed) {
            String why =
                    failed.getCause() instanceof SocpException known
                            ? known.code() + ": " + known.detail()
                            : String.valueOf(failed.getCause());
            throw new MeshException(introduction() + ", who " + what + ": " + why, failed);
        }
    }
}
