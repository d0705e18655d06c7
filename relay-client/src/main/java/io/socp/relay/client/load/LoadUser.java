package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One user of a run: says hello, then hands every frame on unread. Event-loop confined.
 *
 * <p>The hello counts as accepted with the first answer that is no ERROR, or with silence where the
 * server is not one that welcomes.
 */
@EventLoopConfined
final class LoadUser implements LoadChannel.Receiver {

    /** Takes what comes after the hello. */
    interface Frames {

        /** A text frame stands at {@code [index, index + length)}, for the length of this call. */
        void onFrame(ByteBuf bytes, int index, int length);

        /** The connection is over, and nobody here wanted that. */
        void onLost(String why);
    }

    private static final long SILENCE_MS = 1_500;

    private static final Frames UNHEARD =
            new Frames() {
                @Override
                public void onFrame(ByteBuf bytes, int index, int length) {
                    // nobody listens yet
                }

                @Override
                public void onLost(String why) {
                    // nobody minds yet
                }
            };

    private final UserId id = new UserId(UUID.randomUUID().toString());
    private final int key;
    private final Hellos hellos;
    private final boolean isWelcomed;
    private final CompletableFuture<LoadUser> ready = new CompletableFuture<>();
    private Frames frames = UNHEARD;
    private @Nullable LoadChannel channel;
    private long begunNs;

    /**
     * A user of no server yet.
     *
     * @param number among the users of a batch; decides the key, of so many
     */
    LoadUser(int number, int keys, Hellos hellos, Dialect dialect) {
        this.key = number % keys;
        this.hellos = hellos;
        this.isWelcomed = dialect.isWelcoming();
    }

    UserId id() {
        return id;
    }

    /** The number of its key in the corpus. */
    int key() {
        return key;
    }

    /** Completes on the loop when the server has accepted the hello. */
    CompletableFuture<LoadUser> ready() {
        return ready;
    }

    /** Its connection is being made. */
    void begin(long nowNs) {
        begunNs = nowNs;
    }

    /** When it was begun. */
    long begunNs() {
        return begunNs;
    }

    void listen(Frames listener) {
        frames = listener;
    }

    LoadChannel channel() {
        LoadChannel open = channel;
        if (open == null) {
            throw new IllegalStateException(id + " is not connected");
        }
        return open;
    }

    /** From now on nothing is read from the socket. */
    void stall() {
        channel().channel().config().setAutoRead(false);
    }

    /** Leaves without a word. */
    void leave() {
        frames = UNHEARD;
        if (channel != null) {
            channel.close();
        }
        ready.completeExceptionally(new IOException("left"));
    }

    @Override
    public void onOpen(LoadChannel opened) {
        channel = opened;
        if (ready.isDone()) {
            opened.close(); // given up meanwhile
            return;
        }
        var _ =
                hellos.of(id, key, opened)
                        .whenComplete((hello, failure) -> {
                            if (opened.channel().eventLoop().inEventLoop()) {
                                greet(opened, hello, failure);
                            } else {
                                opened.channel()
                                        .eventLoop()
                                        .execute(() -> greet(opened, hello, failure));
                            }
                        });
    }

    private void greet(
            LoadChannel opened, @Nullable OutgoingFrame hello, @Nullable Throwable failure) {
        if (hello == null) {
            String why = failure == null ? "no hello" : String.valueOf(failure.getMessage());
            ready.completeExceptionally(new HelloRefused("NO_HELLO", why));
            return;
        }
        opened.write(hello.encode(opened.channel().alloc(), System.currentTimeMillis()));
        if (!isWelcomed) {
            opened.channel()
                    .eventLoop()
                    .schedule(() -> ready.complete(this), SILENCE_MS, TimeUnit.MILLISECONDS)
                    .addListener(_ -> {});
        }
    }

    @Override
    public void onText(ByteBuf bytes, int index, int length) {
        if (ready.isDone()) {
            frames.onFrame(bytes, index, length);
        } else if (Notice.isError(bytes, index, length)) {
            refuse(Notice.code(bytes, index, length), bytes.toString(index, length, UTF_8));
        } else {
            String complaint = hellos.complaint(bytes, index, length);
            if (complaint.isEmpty()) {
                ready.complete(this);
            } else {
                ready.completeExceptionally(new HelloRefused("NOT_AS_ASKED", complaint));
            }
        }
    }

    private void refuse(String code, String frame) {
        ready.completeExceptionally(
                new HelloRefused(code, "the server answers the hello with " + shortened(frame)));
    }

    @Override
    public void onClosed(String why) {
        if (!ready.completeExceptionally(new HelloRefused("CLOSED", why))) {
            frames.onLost(why);
        }
    }

    static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + " ...";
    }

    /** The server does not take this user. */
    static final class HelloRefused extends IOException {

        private static final long serialVersionUID = 1L;

        private final String code;

        HelloRefused(String code, String message) {
            super(message);
            this.code = code;
        }

        String code() {
            return code;
        }
    }
}
