package io.socp.relay.client.testing;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.socp.relay.client.ClientEvent.PresenceChanged;
import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.ClientOptions;
import io.socp.relay.client.FileOptions;
import io.socp.relay.client.PinnedKeys;
import io.socp.relay.client.SocpClient;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.net.URI;
import java.nio.file.Path;

/** Someone with a client on a {@link MiniRelay}, and perhaps a directory for files. */
public final class Member implements AutoCloseable {

    private final ClientIdentity self;
    private final Events events = new Events();
    private SocpClient client;

    public Member(UserId user, TestKeys key) {
        self = new ClientIdentity(user, key.identity(), null, PinnedKeys.inMemory());
    }

    /** With one of our own clients as it usually is. */
    public Member joins(MiniRelay relay, Path downloads) throws Exception {
        return joins(options(relay.uri(), downloads));
    }

    /** With a client that knows plain SOCP only. */
    public Member joinsPlainly(MiniRelay relay, Path downloads) throws Exception {
        return joins(options(relay.uri(), downloads).withoutHybrid());
    }

    public Member joins(ClientOptions options) throws Exception {
        client = SocpClient.connect(self, options, events).get(10, SECONDS);
        return this;
    }

    public static ClientOptions options(URI server, Path downloads) {
        return ClientOptions.to(server).withFiles(FileOptions.into(downloads));
    }

    public UserId id() {
        return self.user();
    }

    public PinnedKeys pins() {
        return self.pinnedKeys();
    }

    public SocpClient client() {
        return client;
    }

    public Events events() {
        return events;
    }

    /** Waits until this client knows of the other. */
    public void sees(Member other) throws InterruptedException {
        PresenceChanged seen = events.next(PresenceChanged.class);
        while (!seen.user().equals(other.id())) {
            seen = events.next(PresenceChanged.class);
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
