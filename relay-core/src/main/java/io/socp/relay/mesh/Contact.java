package io.socp.relay.mesh;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server we want a link to: an introducer of the bootstrap file, or one we learned of. Event-loop
 * confined to the mesh loop.
 */
@EventLoopConfined
public final class Contact {

    private final ContactId id;
    private final Origin origin;
    private final @Nullable RsaPublicKey pinned;
    private HostPort address;
    private @Nullable ServerId server;
    private @Nullable ServerId namedBy;
    private @Nullable Hint hint;
    private PeerState state;
    private boolean retired;

    /** How we came to know the address. */
    public enum Origin {
        /** It stands in the bootstrap file. */
        BOOTSTRAP_FILE,
        /** A peer told us, so id and key are known. */
        MESH,
        /**
         * Someone said so who has shown nothing: an address to try a few times. The id, where one
         * was said with it, only tells when there is no more need to.
         */
        HINT
    }

    Contact(
            ContactId id,
            Origin origin,
            HostPort address,
            @Nullable RsaPublicKey pinned,
            @Nullable ServerId server,
            @Nullable ServerId namedBy,
            long dueNs) {
        this.id = id;
        this.origin = origin;
        this.address = address;
        this.pinned = pinned;
        this.server = server;
        this.namedBy = namedBy;
        this.state = new PeerState.Waiting(0, dueNs);
    }

    static Contact of(ContactId id, Hint hint, long dueNs) {
        var contact =
                new Contact(id, Origin.HINT, hint.address(), null, hint.server(), null, dueNs);
        contact.hint = hint;
        return contact;
    }

    public ContactId id() {
        return id;
    }

    public Origin origin() {
        return origin;
    }

    public HostPort address() {
        return address;
    }

    /** The key the server must show; null where the bootstrap file pins none. */
    public @Nullable RsaPublicKey pinned() {
        return pinned;
    }

    /** The server's id; null until it has introduced itself. */
    public @Nullable ServerId server() {
        return server;
    }

    /** On whose word alone we try to reach it; null once it was reached, or told of itself. */
    @Nullable ServerId namedBy() {
        return namedBy;
    }

    /** What someone unproven said of it, where we know it by that alone. */
    public Optional<Hint> hint() {
        return Optional.ofNullable(hint);
    }

    public PeerState state() {
        return state;
    }

    /** Failed attempts in a row. */
    public int attempt() {
        return switch (state) {
            case PeerState.Waiting(int attempt, _) -> attempt;
            case PeerState.Dialing(int attempt, _) -> attempt;
            case PeerState.AwaitingWelcome(int attempt, _, _) -> attempt;
            case PeerState.AwaitingSign(int attempt, _, _) -> attempt;
            case PeerState.Linked(_, int attempt) -> attempt;
            case PeerState.Ourselves _ -> 0;
        };
    }

    /** The link on which we have greeted the server and wait for its answer. */
    public Optional<LinkId> awaiting() {
        return switch (state) {
            case PeerState.AwaitingWelcome(_, LinkId link, _) -> Optional.of(link);
            case PeerState.AwaitingSign(_, LinkId link, _) -> Optional.of(link);
            case PeerState.Waiting _,
                    PeerState.Dialing _,
                    PeerState.Linked _,
                    PeerState.Ourselves _ ->
                    Optional.empty();
        };
    }

    boolean isUntriedIntroducer() {
        return origin == Origin.BOOTSTRAP_FILE
                && state instanceof PeerState.Waiting(int attempt, _)
                && attempt == 0;
    }

    /** Whether it does not stand in the bootstrap file any more. */
    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
    }

    /** Whether this is that server, as far as we know. */
    public boolean isAbout(ServerId other, RsaPublicKey key) {
        return other.equals(server) || key.equals(pinned);
    }

    /** The one place where a contact changes state. */
    void transition(PeerEvent event) {
        state = PeerTransitions.next(state, event);
        if (state instanceof PeerState.Linked(ServerId linked, _)) {
            server = linked;
            namedBy = null;
        }
    }

    /** Who has once said of itself that it speaks TLS is not dialled without it any more. */
    void moveTo(HostPort newAddress) {
        boolean spokeTls = address.overTls() && namedBy == null;
        address = newAddress.overTls(newAddress.overTls() || spokeTls);
    }
}
