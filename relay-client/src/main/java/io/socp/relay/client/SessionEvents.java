package io.socp.relay.client;

import io.socp.relay.client.session.SessionEnd;
import io.socp.relay.client.session.SessionListener;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.message.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one connection tells its client, up to the server being taken and beyond. Confined to the
 * client's queue.
 */
final class SessionEvents implements SessionListener {

    /** How long the welcome of a server that must send one may take. */
    private static final Duration WELCOME_PATIENCE = Duration.ofSeconds(20);

    /** Frames kept until then. */
    private static final int EARLY_MAX = 256;

    private final SocpClient client;

    /** Came before the welcome of a server that must send one; null where none is awaited. */
    private @Nullable List<Envelope> early;

    /** The server is not taken, whatever it still sends. */
    private boolean isRefused;

    /** What TLS has shown; pinned when nothing that the server says is against it. */
    private @Nullable RsaPublicKey proven;

    SessionEvents(SocpClient client) {
        this.client = client;
    }

    @Override
    public void onSecured(RsaPublicKey key) {
        proven = key;
        client.conversation().onSecured(key);
    }

    @Override
    public void onAccepted(@Nullable Envelope first) {
        boolean isWelcome = first != null && first.type().equals(MessageType.USER_WELCOME.name());
        if (!isWelcome && ServerPins.wantsWelcome(client.place(), client.pins())) {
            // What it has for us may overtake its welcome, which costs it a signature.
            early = new ArrayList<>();
            if (first != null) {
                early.add(first);
            }
            client.after(WELCOME_PATIENCE, this::onWelcomeMissing);
            return;
        }
        if (first != null && isWelcome) {
            client.conversation().onEnvelope(first);
            if (client.conversation().server() == null) {
                String detail = "the server's welcome does not hold under its own key";
                refuse(new SocpException(ClientErrorCode.INVALID_SIG, detail));
                return;
            }
        }
        Optional<SocpException> refusal =
                ServerPins.welcomeRefusal(
                        client.place(), client.pins(), client.conversation().frames());
        if (refusal.isPresent()) {
            refuse(refusal.get());
            return;
        }
        pin();
        client.onReady();
        if (first != null && !isWelcome) {
            client.conversation().onEnvelope(first);
        }
    }

    private void refuse(SocpException why) {
        isRefused = true;
        client.refuse(why);
    }

    private void onWelcomeMissing() {
        if (early != null) {
            early = null;
            String detail = "the server's welcome did not come";
            refuse(new SocpException(ClientErrorCode.CONNECT_FAILED, detail));
        }
    }

    /** The welcome first, whatever came before it. */
    private void beforeWelcome(Envelope envelope, List<Envelope> held) {
        if (envelope.type().equals(MessageType.USER_WELCOME.name())) {
            early = null;
            onAccepted(envelope);
            held.forEach(this::onEnvelope);
        } else if (held.size() < EARLY_MAX) {
            held.add(envelope);
        } else {
            onWelcomeMissing();
        }
    }

    private void pin() {
        if (proven != null) {
            ServerPins.remember(client.place(), client.pins(), proven).ifPresent(client::tell);
        }
        if (client.conversation().frames() == FrameProof.LINK) {
            ServerPins.rememberFrames(client.place(), client.pins()).ifPresent(client::tell);
        }
    }

    @Override
    public void onEnvelope(Envelope envelope) {
        List<Envelope> held = early;
        if (held != null) {
            beforeWelcome(envelope, held);
        } else if (!isRefused) {
            client.conversation().onEnvelope(envelope);
        }
    }

    @Override
    public void onUnreadableFrame(String detail) {
        client.tell(
                new ClientEvent.ClientError(
                        ClientErrorCode.BAD_FRAME, "a frame cannot be read: " + detail));
    }

    @Override
    public void onEnd(SessionEnd end) {
        client.conversation().onEnd(SocpException.of(end));
        client.end(end);
    }
}
