package io.socp.relay.client.conformance;

import io.socp.relay.client.conformance.Settings.Times;
import io.socp.relay.crypto.RsaPublicKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What one trial works with: users and servers to play, what is known of the server, and the checks
 * that many trials need. Confined to the trial's thread; what it opened ends with it.
 */
final class Bench implements AutoCloseable {

    private final Cast cast;
    private final Transcript transcript = new Transcript();
    private final List<Runnable> endings = new ArrayList<>();

    Bench(Cast cast) {
        this.cast = cast;
    }

    Times times() {
        return cast.times();
    }

    String story() {
        return transcript.story();
    }

    /** The tried server's id. */
    String serverId() throws Unmet, InterruptedException {
        return cast.serverId();
    }

    /** The tried server's key. */
    RsaPublicKey serverKey() throws Unmet, InterruptedException {
        return cast.serverKey();
    }

    Subject subject() {
        return cast.subject();
    }

    /** A user who is on no link. */
    Author author(Role role) {
        return Author.of(cast.key(role));
    }

    /** A new user of this role, online. */
    UserSession user(Role role) throws Unmet, InterruptedException {
        Author author = author(role);
        return user(author, author.hello());
    }

    /** A user who has said this hello and was not refused. */
    UserSession user(Author author, Draft hello) throws Unmet, InterruptedException {
        UserSession session = stranger(author);
        session.send(hello);
        settle(session);
        return session;
    }

    /** A link on which nothing was said. */
    UserSession stranger(Author author) throws Unmet, InterruptedException {
        Inbox inbox = new Inbox(cast::record);
        WireLink link;
        try {
            link = WireLink.dial(cast.subject().url(), inbox, times().answer(), true);
        } catch (IOException failed) {
            throw Unmet.fail("a WebSocket upgrade", "a link", String.valueOf(failed.getMessage()));
        }
        endings.add(() -> link.close(WireLink.NORMAL));
        return new UserSession(author, link, new Ear(inbox, transcript, times()), transcript);
    }

    /**
     * A hello has no positive answer (SOCP §9.1): the first frame of any kind shows that it was
     * read, or a quiet while.
     */
    void settle(UserSession session) throws Unmet, InterruptedException {
        Ear ear = session.ear();
        if (!ear.hears(_ -> true, cast.settling())) {
            cast.onSilentHello();
        } else if (ear.heard().getFirst().is("ERROR")) {
            throw ear.unmet("the hello to be accepted", ear.heard());
        }
    }

    /** The kit's main server, joined. */
    PeerSession peer() throws Unmet, InterruptedException {
        return peer(Role.PEER);
    }

    PeerSession peer(Role role) throws Unmet, InterruptedException {
        return session(cast.peer(role));
    }

    /** A server that is on a new link and has said nothing. */
    PeerSession guest(ServerAuthor author) throws Unmet, InterruptedException {
        try {
            Peer guest = new Peer(author, cast.subject(), times(), cast::record, true);
            endings.add(guest::close);
            return session(guest);
        } catch (IOException failed) {
            throw Unmet.fail("a WebSocket upgrade", "a link", String.valueOf(failed.getMessage()));
        }
    }

    PeerSession guest() throws Unmet, InterruptedException {
        return guest(ServerAuthor.of(cast.key(Role.GUEST)));
    }

    ServerAuthor serverAuthor(Role role) {
        return ServerAuthor.of(cast.key(role));
    }

    private PeerSession session(Peer peer) {
        return new PeerSession(peer, new Ear(peer.inbox(), transcript, times()), transcript);
    }

    /**
     * A user whom one of the kit's servers advertises; a local user listens for when it has got
     * round.
     */
    Author remote(PeerSession home, Role role, UserSession local)
            throws Unmet, InterruptedException {
        Author user = author(role);
        home.send(home.author().advertise(user));
        endings.add(() -> home.peer().link().send(home.author().remove(user.id()).text()));
        local.ear().hears(Frame.ofType("USER_ADVERTISE", "user_id", user.id()), times().answer());
        return user;
    }

    /** Sends a direct message, which must come. */
    Frame talk(UserSession from, UserSession to) throws Unmet, InterruptedException {
        return talk(from, from.author().direct(to.author(), "conformance"), to);
    }

    /** Sends this direct message, which must come. */
    Frame talk(UserSession from, Draft direct, UserSession to) throws Unmet, InterruptedException {
        from.send(direct);
        return to.ear().expect("USER_DELIVER to the recipient", delivery(direct));
    }

    /** Sends a direct message to a user nobody has, or nobody has any more. */
    void isNowhere(UserSession from, Author who) throws Unmet, InterruptedException {
        from.send(from.author().direct(who, "anyone there?"));
        from.ear().expectError("USER_NOT_FOUND");
    }

    /**
     * That such a frame has not come: first a direct message that must come behind it, then a quiet
     * while.
     */
    void expectNoneAfter(UserSession from, UserSession to, String what, Predicate<Frame> unwanted)
            throws Unmet, InterruptedException {
        Frame _ = talk(from, to);
        to.ear().expectNone(what, unwanted);
    }

    /** Users talk in private and in public, one calls for nobody, a server joins. */
    List<Frame> everythingSoFar() throws Unmet, InterruptedException {
        UserSession alice = user(Role.ALICE);
        UserSession bob = user(Role.BOB);
        Frame _ = talk(alice, bob);
        isNowhere(bob, author(Role.CAROL));
        try {
            Peer _ = cast.peer(Role.PEER);
        } catch (Unmet noServers) {
            // what it sends to users remains
        }
        return cast.ledger();
    }

    static Predicate<Frame> delivery(Draft direct) {
        return Frame.carrying("USER_DELIVER", direct);
    }

    @Override
    public void close() {
        endings.forEach(Runnable::run);
    }
}
