package io.socp.relay.client.testing;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.ClientListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A listener that keeps events until the test asks for them. Thread-safe. */
public final class Events implements ClientListener {

    private final BlockingQueue<ClientEvent> events = new LinkedBlockingQueue<>();

    @Override
    public void onEvent(ClientEvent event) {
        events.add(event);
    }

    /** What has happened and was not asked for yet. */
    public List<ClientEvent> all() {
        return List.copyOf(events);
    }

    /** The next event, whatever it is. */
    public ClientEvent next() throws InterruptedException {
        ClientEvent event = events.poll(10, SECONDS);
        if (event == null) {
            throw new AssertionError("nothing more has happened");
        }
        return event;
    }

    /** The next event of this kind; others are passed over. */
    public <E extends ClientEvent> E next(Class<E> kind) throws InterruptedException {
        ClientEvent event = next();
        while (!kind.isInstance(event)) {
            event = next();
        }
        return kind.cast(event);
    }
}
