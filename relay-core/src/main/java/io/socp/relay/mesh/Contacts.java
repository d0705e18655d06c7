package io.socp.relay.mesh;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contact.Origin;
import io.socp.relay.ownership.EventLoopConfined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Everyone we want a link to, and when to try. Event-loop confined to the mesh loop.
 *
 * <p>Bounded: beyond {@link #CONTACTS_MAX}, servers learned from peers are not taken up.
 */
@EventLoopConfined
public final class Contacts {

    /** Servers we try to stay linked with. */
    public static final int CONTACTS_MAX = 1_024;

    /** Servers we try to reach on the word of one peer, and have not reached yet. */
    static final int NAMED_BY_ONE_MAX = 256;

    /** Of these, on hearsay: more, and whoever is heard of from others has no room for its own. */
    static final int HEARSAY_OF_ONE_MAX = NAMED_BY_ONE_MAX / 2;

    /** Addresses we try on the word of those who have proven nothing, all together. */
    static final int HINTS_MAX = 64;

    /** The same on the word of one link. */
    static final int HINTS_ON_ONE_LINK_MAX = 16;

    /** How often such an address is tried before it is forgotten. */
    static final int HINT_ATTEMPTS_MAX = 6;

    /** Introducers are tried in the file's order, without waiting for one that does not answer. */
    private static final Duration INTRODUCER_STAGGER = Duration.ofMillis(200);

    private final Backoff backoff;
    private final RandomGenerator random;
    private final Standings standings = new Standings();
    private final Map<ContactId, Contact> byId = new LinkedHashMap<>();
    private int nextId = 1;

    public Contacts(Backoff backoff, RandomGenerator random) {
        this.backoff = backoff;
        this.random = random;
    }

    /** For reading, from any thread. */
    public Standings standings() {
        return standings;
    }

    /** Takes up an introducer of the bootstrap file; each a little after the one before it. */
    public void introducer(HostPort address, @Nullable RsaPublicKey pinned, long nowNs) {
        long before = byId.values().stream().filter(Contact::isUntriedIntroducer).count();
        long dueNs = nowNs + before * INTRODUCER_STAGGER.toNanos();
        var _ = add(Origin.BOOTSTRAP_FILE, address, pinned, null, null, dueNs);
    }

    /** The same for one that is linked already, as that server. */
    public void introducer(HostPort address, @Nullable RsaPublicKey pinned, ServerId linked) {
        ContactId id = add(Origin.BOOTSTRAP_FILE, address, pinned, linked, null, 0);
        find(id).ifPresent(contact -> contact.transition(new PeerEvent.LinkUp(linked)));
    }

    /** Introducers of the bootstrap file as it was read last. */
    public List<Contact> introducers() {
        return byId.values().stream()
                .filter(c -> c.origin() == Origin.BOOTSTRAP_FILE && !c.isRetired())
                .toList();
    }

    /** Is not dialled any more; a greeting that is under way comes to its end. */
    public void retire(Contact contact) {
        contact.retire();
        forgetRetired();
    }

    private void forgetRetired() {
        byId.values().removeIf(c -> c.isRetired() && c.awaiting().isEmpty());
    }

    /** Takes up a server that told of itself, unless it is known by id, by key or by address. */
    public void learn(ServerId server, HostPort address, RsaPublicKey key, long nowNs) {
        byId.values().removeIf(c -> isIdleHint(c) && c.isAbout(server, key));
        if (!isKnown(server, address, key)) {
            addLearned(server, address, key, null, nowNs);
        }
    }

    /**
     * Takes up a server that a peer told of.
     *
     * @return false where it was not, because {@code teller} has named too many others
     */
    public boolean learnFrom(
            ServerId teller, ServerId server, HostPort address, RsaPublicKey key, long nowNs) {
        return learn(teller, NAMED_BY_ONE_MAX, server, address, key, nowNs);
    }

    /** The same for one that the peer itself has only heard of. */
    public boolean learnOnHearsay(
            ServerId teller, ServerId server, HostPort address, RsaPublicKey key, long nowNs) {
        return learn(teller, HEARSAY_OF_ONE_MAX, server, address, key, nowNs);
    }

    private boolean learn(
            ServerId teller,
            int max,
            ServerId server,
            HostPort address,
            RsaPublicKey key,
            long nowNs) {
        if (isKnown(server, address, key)) {
            return true;
        }
        long named = byId.values().stream().filter(c -> teller.equals(c.namedBy())).count();
        if (named >= max) {
            return false;
        }
        addLearned(server, address, key, teller, nowNs);
        return true;
    }

    /** Drops the servers that this one has told of and that nobody has reached. */
    public void forgetNamedBy(ServerId teller) {
        byId.values()
                .removeIf(c ->
                        teller.equals(c.namedBy())
                                && (c.state() instanceof PeerState.Waiting
                                        || c.state() instanceof PeerState.Dialing));
    }

    /** Nobody with this id or key is dialled before then. */
    public void rest(ServerId server, RsaPublicKey key, long untilNs) {
        for (Contact contact : byId.values()) {
            if (contact.isAbout(server, key)) {
                contact.transition(new PeerEvent.Resting(untilNs));
            }
        }
    }

    /**
     * Takes up an address at which an unproven claim says that the server can be dialled, unless
     * the address is known: a few attempts, and no more. It waits for the claim's own link to go.
     */
    public void hint(Hint hint, long nowNs) {
        addHint(hint, nowNs);
        first(c -> c.origin() == Origin.HINT && c.address().isSamePlace(hint.address()))
                .filter(c -> c.state() instanceof PeerState.Waiting && c.attempt() == 0)
                .ifPresent(contact -> contact.transition(new PeerEvent.LinkUp(hint.server())));
    }

    /** The same for one that wants to be dialled, and so is, beside the link it has. */
    public void hintAndDial(Hint hint, long nowNs) {
        addHint(hint, nowNs);
    }

    /** The same for a third server, of which an unproven claim tells. */
    public void hintOf(Hint hint, long nowNs) {
        if (!isKnown(hint.server(), hint.address(), hint.said())) {
            addHint(hint, nowNs);
        }
    }

    /**
     * The link is gone on which the hints were given that wait for its end: they are tried now, or
     * forgotten where the server has a link of its own.
     */
    public void claimClosed(LinkId link, boolean isLinked, long nowNs) {
        List<Contact> waiting =
                byId.values().stream()
                        .filter(c -> c.hint().filter(h -> h.on().equals(link)).isPresent())
                        .filter(c -> c.state() instanceof PeerState.Linked)
                        .toList();
        for (Contact contact : waiting) {
            if (isLinked) {
                byId.remove(contact.id());
            } else {
                contact.transition(new PeerEvent.Lost(retryAtNs(contact, nowNs)));
            }
        }
    }

    private void addHint(Hint hint, long nowNs) {
        List<Hint> hints =
                byId.values().stream().map(Contact::hint).flatMap(Optional::stream).toList();
        boolean isTooMany =
                hints.size() >= HINTS_MAX
                        || hints.stream().filter(h -> h.on().equals(hint.on())).count()
                                >= HINTS_ON_ONE_LINK_MAX;
        boolean isKnown = first(c -> c.address().isSamePlace(hint.address())).isPresent();
        if (!isTooMany && !isKnown && hasRoom()) {
            long dueNs = nowNs + backoff.delayNs(0, random.nextDouble());
            ContactId id = new ContactId(nextId++);
            byId.put(id, Contact.of(id, hint, dueNs));
        }
    }

    /** The server itself says where it can be dialled; the bootstrap file's address stays. */
    public void moved(ServerId server, HostPort address) {
        first(c -> c.origin() == Origin.MESH && server.equals(c.server()))
                .ifPresent(contact -> contact.moveTo(address));
    }

    /** Contacts whose wait is over; each is dialling from now on. */
    public List<Contact> takeDue(long nowNs, long deadlineNs) {
        forgetRetired();
        standings.count(byId.values());
        List<Contact> due = new ArrayList<>();
        for (Contact contact : byId.values()) {
            if (contact.state() instanceof PeerState.Waiting(_, long dueNs) && dueNs - nowNs <= 0) {
                contact.transition(new PeerEvent.Due(deadlineNs));
                due.add(contact);
            }
        }
        return due;
    }

    /** Contacts that have left our JOIN unanswered. */
    public List<Contact> unanswered(long nowNs) {
        return byId.values().stream()
                .filter(c ->
                        c.state() instanceof PeerState.AwaitingWelcome(_, _, long announceNs)
                                && announceNs - nowNs <= 0)
                .toList();
    }

    /** Contacts whose dial, or whose answer to everything, is overdue. */
    public List<Contact> overdue(long nowNs) {
        return byId.values().stream().filter(c -> isOverdue(c.state(), nowNs)).toList();
    }

    public Optional<Contact> find(ContactId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The contact we have greeted on this link, and that has not answered yet. */
    public Optional<Contact> awaitedOn(LinkId link) {
        return first(c -> c.awaiting().filter(link::equals).isPresent());
    }

    /** Our JOIN is on its way to this contact, who is to answer by {@code announceNs}. */
    public void joining(Contact contact, LinkId link, long announceNs) {
        contact.transition(new PeerEvent.Joining(link, announceNs));
    }

    /** The contact did not answer, or not as it should. */
    public void failed(Contact contact, long nowNs) {
        contact.transition(new PeerEvent.Lost(retryAtNs(contact, nowNs)));
        forgetIfSpent(contact);
    }

    /** The contact turned out to be this server. */
    public void foundOurselves(Contact contact) {
        contact.transition(new PeerEvent.FoundOurselves());
    }

    /** What we sent to this contact was answered by that server. */
    public void welcomed(Contact contact, ServerId server) {
        contact.transition(new PeerEvent.Welcomed(server));
    }

    /** Our ANNOUNCE is on its way to this contact, which is that server. */
    public void announced(Contact contact, ServerId server) {
        contact.transition(new PeerEvent.Announced(server));
    }

    /** Our ANNOUNCE is on its way to this contact, whose id we do not know. */
    public void announcedToUnknown(Contact contact, long deadlineNs) {
        contact.transition(new PeerEvent.AnnouncedToUnknown(deadlineNs));
    }

    /** The server has spoken on a link: nobody with its id or key needs dialling. */
    public void linked(ServerId server, RsaPublicKey key) {
        for (Contact contact : byId.values()) {
            if (contact.isAbout(server, key)) {
                contact.transition(new PeerEvent.LinkUp(server));
            }
        }
    }

    /** Whether the bootstrap file pins another key than this one to the address. */
    public boolean contradicts(HostPort address, RsaPublicKey key) {
        return byId.values().stream()
                .filter(c -> c.origin() == Origin.BOOTSTRAP_FILE)
                .filter(c -> c.address().isSamePlace(address))
                .anyMatch(c -> c.pinned() != null && !key.equals(c.pinned()));
    }

    /** Whether the bootstrap file pins this key to any address. */
    public boolean isPinned(RsaPublicKey key) {
        return byId.values().stream()
                .anyMatch(c -> c.origin() == Origin.BOOTSTRAP_FILE && key.equals(c.pinned()));
    }

    /** The last link to the server is gone: dial it again, soon and then ever more rarely. */
    public void unlinked(ServerId server, long nowNs) {
        for (Contact contact : byId.values()) {
            if (contact.state() instanceof PeerState.Linked(ServerId linked, _)
                    && linked.equals(server)) {
                contact.transition(new PeerEvent.Lost(retryAtNs(contact, nowNs)));
            }
        }
    }

    private boolean isKnown(ServerId server, HostPort address, RsaPublicKey key) {
        return first(c ->
                        (c.origin() != Origin.HINT && c.isAbout(server, key))
                                || isIntroducerAt(c, address))
                .isPresent();
    }

    private static boolean isIntroducerAt(Contact contact, HostPort address) {
        return contact.origin() == Origin.BOOTSTRAP_FILE && contact.address().isSamePlace(address);
    }

    private static boolean isIdleHint(Contact contact) {
        return contact.origin() == Origin.HINT
                && (contact.state() instanceof PeerState.Waiting
                        || contact.state() instanceof PeerState.Linked);
    }

    private void forgetIfSpent(Contact contact) {
        if (isIdleHint(contact) && contact.attempt() >= HINT_ATTEMPTS_MAX) {
            byId.remove(contact.id());
        }
    }

    private void addLearned(
            ServerId server,
            HostPort address,
            RsaPublicKey key,
            @Nullable ServerId teller,
            long nowNs) {
        if (hasRoom()) {
            long dueNs = nowNs + backoff.delayNs(0, random.nextDouble());
            var _ = add(Origin.MESH, address, key, server, teller, dueNs);
        }
    }

    /** At the bound, the learned server that has failed most makes room. */
    private boolean hasRoom() {
        if (byId.size() < CONTACTS_MAX) {
            return true;
        }
        return byId.values().stream()
                .filter(c -> c.origin() != Origin.BOOTSTRAP_FILE)
                .filter(c -> c.state() instanceof PeerState.Waiting && c.attempt() > 0)
                .max(Comparator.comparingInt(Contact::attempt))
                .map(worst -> byId.remove(worst.id()))
                .isPresent();
    }

    private long retryAtNs(Contact contact, long nowNs) {
        return nowNs + backoff.delayNs(contact.attempt(), random.nextDouble());
    }

    private static boolean isOverdue(PeerState state, long nowNs) {
        return switch (state) {
            case PeerState.Dialing(_, long deadlineNs) -> deadlineNs - nowNs <= 0;
            case PeerState.AwaitingSign(_, _, long deadlineNs) -> deadlineNs - nowNs <= 0;
            case PeerState.AwaitingWelcome _,
                    PeerState.Waiting _,
                    PeerState.Linked _,
                    PeerState.Ourselves _ ->
                    false;
        };
    }

    private ContactId add(
            Origin origin,
            HostPort address,
            @Nullable RsaPublicKey pinned,
            @Nullable ServerId server,
            @Nullable ServerId namedBy,
            long dueNs) {
        ContactId id = new ContactId(nextId++);
        byId.put(id, new Contact(id, origin, address, pinned, server, namedBy, dueNs));
        return id;
    }

    private Optional<Contact> first(Predicate<Contact> condition) {
        return byId.values().stream().filter(condition).findFirst();
    }
}
