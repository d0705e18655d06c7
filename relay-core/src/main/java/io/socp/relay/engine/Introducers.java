package io.socp.relay.engine;

import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.mesh.Contact;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.Peer;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The bootstrap file's servers as contacts, at the start and whenever the file is read again.
 * Event-loop confined to the mesh loop.
 *
 * <p>One that is not named any more is not dialled any more; a link to it stays. Our own entry, as
 * one file for a whole mesh has it, is skipped.
 */
@EventLoopConfined
final class Introducers {

    private final Self self;
    private final Contacts contacts;
    private final PeerTable peers;

    Introducers(Self self, Contacts contacts, PeerTable peers) {
        this.self = self;
        this.contacts = contacts;
        this.peers = peers;
    }

    /** Takes up those that are not known as introducers yet; returns these. */
    List<Introducer> takeUp(List<Introducer> read, long nowNs) {
        Set<Introducer> known = new HashSet<>();
        contacts.introducers().forEach(contact -> known.add(entryOf(contact)));
        List<Introducer> fresh =
                read.stream()
                        .filter(introducer -> !self.key().equals(introducer.pinned()))
                        .filter(known::add)
                        .toList();
        for (Introducer introducer : fresh) {
            linked(introducer)
                    .ifPresentOrElse(
                            peer ->
                                    contacts.introducer(
                                            introducer.address(),
                                            introducer.pinned(),
                                            peer.server()),
                            () ->
                                    contacts.introducer(
                                            introducer.address(), introducer.pinned(), nowNs));
        }
        return fresh;
    }

    /** The file was read again. */
    void onRead(List<Introducer> read, Moment now, EffectSink sink) {
        for (Contact contact : contacts.introducers()) {
            if (!read.contains(entryOf(contact))) {
                contacts.retire(contact);
                Notice gone = Notice.info("{} is no introducer any more");
                sink.emit(new Report(gone.with("address", contact.address())));
            }
        }
        for (Introducer fresh : takeUp(read, now.ns())) {
            Notice taken = Notice.info("{} is an introducer from now on");
            sink.emit(new Report(taken.with("address", fresh.address())));
        }
    }

    /** Nobody is dialled who is linked already. */
    private Optional<Peer> linked(Introducer introducer) {
        return peers.linked().stream()
                .filter(peer -> peer.isProven() && peer.key().equals(introducer.pinned()))
                .findFirst();
    }

    private static Introducer entryOf(Contact contact) {
        return new Introducer(contact.address(), contact.pinned());
    }
}
