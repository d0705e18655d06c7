package io.socp.relay.mesh;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contact.Origin;
import io.socp.relay.mesh.Standings.Standing;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ContactsTest {

    private static final LinkId LINK = new LinkId(1);
    private static final long SECOND_NS = Duration.ofSeconds(1).toNanos();
    private static final long LATER_NS = 1_000 * SECOND_NS;

    private final Contacts contacts =
            new Contacts(
                    new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8)),
                    new SplittableRandom(1));

    @Test
    void shouldDialIntroducersOneAfterTheOtherInOrderOfFile() {
        contacts.introducer(B.address(), null, 0);
        contacts.introducer(A.address(), A.key(), 0);

        List<Contact> first = contacts.takeDue(0, 10);
        List<Contact> tooEarly = contacts.takeDue(SECOND_NS / 5 - 1, 10);
        List<Contact> second = contacts.takeDue(SECOND_NS / 5, 10);

        assertThat(first).extracting(Contact::address).containsExactly(B.address());
        assertThat(first).extracting(Contact::state).containsOnly(new PeerState.Dialing(0, 10));
        assertThat(tooEarly).isEmpty();
        assertThat(second).extracting(Contact::address).containsExactly(A.address());
        assertThat(contacts.takeDue(LATER_NS, 10)).isEmpty();
    }

    @Test
    void shouldCountHowContactsStand() {
        contacts.introducer(A.address(), A.key(), 0);
        contacts.introducer(B.address(), B.key(), 0);
        contacts.introducer(C.address(), C.key(), C.id());

        var _ = contacts.takeDue(0, 10);
        var _ = contacts.takeDue(0, 10);

        assertThat(contacts.standings().count(Standing.DIALING)).isEqualTo(1);
        assertThat(contacts.standings().count(Standing.WAITING)).isEqualTo(1);
        assertThat(contacts.standings().count(Standing.LINKED)).isEqualTo(1);
        assertThat(contacts.standings().count(Standing.GREETING)).isZero();
    }

    @Test
    void shouldDialLearnedServerAfterShortWait() {
        contacts.learn(B.id(), B.address(), B.key(), 0);

        assertThat(contacts.takeDue(SECOND_NS / 2 - 1, 10)).isEmpty();
        assertThat(contacts.takeDue(SECOND_NS, 10))
                .singleElement()
                .satisfies(contact -> {
                    assertThat(contact.origin()).isEqualTo(Origin.MESH);
                    assertThat(contact.server()).isEqualTo(B.id());
                    assertThat(contact.pinned()).isEqualTo(B.key());
                });
    }

    @Test
    void shouldLearnEachServerOnce() {
        contacts.introducer(A.address(), null, 0);
        contacts.introducer(new HostPort("b.example", 1), B.key(), 0);

        contacts.learn(A.id(), A.address(), A.key(), 0);
        contacts.learn(B.id(), B.address(), B.key(), 0);
        contacts.learn(C.id(), C.address(), C.key(), 0);
        contacts.learn(C.id(), new HostPort("c.example", 1), C.key(), 0);

        assertThat(contacts.takeDue(LATER_NS, 0))
                .extracting(Contact::address)
                .containsExactly(A.address(), new HostPort("b.example", 1), C.address());
    }

    @Test
    void shouldFollowServerThatMovedButKeepAddressOfFile() {
        contacts.introducer(A.address(), A.key(), 0);
        contacts.learn(B.id(), B.address(), B.key(), 0);

        contacts.moved(A.id(), new HostPort("a.example", 1));
        contacts.moved(B.id(), new HostPort("b.example", 1));

        assertThat(contacts.takeDue(LATER_NS, 0))
                .extracting(Contact::address)
                .containsExactly(A.address(), new HostPort("b.example", 1));
    }

    @Test
    void shouldNotLearnOnePastTheBound() {
        for (int i = 1; i < Contacts.CONTACTS_MAX; i++) {
            contacts.introducer(new HostPort("h" + i, 1), null, LATER_NS);
        }

        contacts.learn(B.id(), B.address(), B.key(), 0);
        contacts.learn(C.id(), C.address(), C.key(), 0);

        assertThat(contacts.takeDue(SECOND_NS, 0))
                .extracting(Contact::server)
                .containsExactly(B.id());
    }

    @Test
    void shouldKeepOfHintTheAddressAloneAndForgetItAfterFewAttempts() {
        contacts.hintAndDial(new Hint(LINK, B.id(), B.address(), B.key()), 0);

        long nowNs = 0;
        for (int attempt = 0; attempt < Contacts.HINT_ATTEMPTS_MAX; attempt++) {
            nowNs += LATER_NS;
            Contact due = contacts.takeDue(nowNs, nowNs).getFirst();
            assertThat(due.origin()).isEqualTo(Origin.HINT);
            assertThat(due.pinned()).isNull();
            contacts.failed(due, nowNs);
        }

        assertThat(contacts.takeDue(nowNs + LATER_NS, 0)).isEmpty();
    }

    @Test
    void shouldTakeNoMoreHintsOnOneLinkThanTheBound() {
        for (int i = 0; i <= Contacts.HINTS_ON_ONE_LINK_MAX; i++) {
            contacts.hintAndDial(new Hint(LINK, B.id(), new HostPort("h" + i, 1), B.key()), 0);
        }
        contacts.hintAndDial(new Hint(new LinkId(8), B.id(), C.address(), B.key()), 0);

        assertThat(contacts.takeDue(LATER_NS, 0))
                .hasSize(Contacts.HINTS_ON_ONE_LINK_MAX + 1)
                .extracting(Contact::address)
                .contains(C.address());
    }

    @Test
    void shouldTakeNoMoreHintsOfAllThanTheBound() {
        for (int i = 0; i <= Contacts.HINTS_MAX; i++) {
            contacts.hintAndDial(
                    new Hint(new LinkId(i), B.id(), new HostPort("h" + i, 1), B.key()), 0);
        }

        assertThat(contacts.takeDue(LATER_NS, 0)).hasSize(Contacts.HINTS_MAX);
    }

    @Test
    void shouldNotTakeHintOfKnownAddressOrServer() {
        contacts.introducer(A.address(), null, LATER_NS * 9);
        contacts.learn(B.id(), B.address(), B.key(), LATER_NS * 9);

        contacts.hintAndDial(new Hint(LINK, C.id(), A.address(), C.key()), 0);
        contacts.hintOf(new Hint(LINK, B.id(), new HostPort("b.example", 1), B.key()), 0);

        assertThat(contacts.takeDue(LATER_NS, 0)).isEmpty();
    }

    @Test
    void shouldDropHintOfServerThatHasToldOfItself() {
        contacts.hintAndDial(new Hint(LINK, B.id(), new HostPort("b.example", 1), B.key()), 0);

        contacts.learn(B.id(), B.address(), B.key(), 0);

        assertThat(contacts.takeDue(LATER_NS, 0))
                .extracting(Contact::address)
                .containsExactly(B.address());
    }

    @Test
    void shouldTakeNoMoreServersOnTheWordOfOneThanTheBound() {
        for (int i = 0; i < Contacts.NAMED_BY_ONE_MAX; i++) {
            assertThat(learnFrom(A, i)).isTrue();
        }

        assertThat(learnFrom(A, 0)).isTrue();
        assertThat(learnFrom(A, Contacts.NAMED_BY_ONE_MAX)).isFalse();
        assertThat(learnFrom(B, Contacts.NAMED_BY_ONE_MAX)).isTrue();

        contacts.linked(new ServerId("s0"), key(0));
        assertThat(learnFrom(A, Contacts.NAMED_BY_ONE_MAX + 1)).isTrue();
    }

    @Test
    void shouldLeaveRoomBesideThoseOfWhomTheOneHasOnlyHeard() {
        for (int i = 0; i < Contacts.HEARSAY_OF_ONE_MAX; i++) {
            assertThat(learnOnHearsay(A, i)).isTrue();
        }

        assertThat(learnOnHearsay(A, 1_000)).isFalse();
        assertThat(learnFrom(A, 1_000)).isTrue();
    }

    @Test
    void shouldForgetWhatOneHasNamedUnlessItWasReached() {
        learnFrom(A, 0);
        learnFrom(A, 1);
        learnFrom(B, 2);
        contacts.linked(new ServerId("s1"), key(1));
        contacts.unlinked(new ServerId("s1"), 0);

        contacts.forgetNamedBy(A.id());

        assertThat(contacts.takeDue(SECOND_NS, 0))
                .extracting(Contact::server)
                .containsExactly(new ServerId("s1"), new ServerId("s2"));
    }

    @Test
    void shouldLetServerRest() {
        contacts.learn(B.id(), B.address(), B.key(), 0);
        contacts.linked(B.id(), B.key());
        contacts.unlinked(B.id(), 0);

        contacts.rest(B.id(), B.key(), LATER_NS);

        assertThat(contacts.takeDue(LATER_NS - 1, 0)).isEmpty();
        assertThat(contacts.takeDue(LATER_NS, 0)).hasSize(1);
    }

    private boolean learnOnHearsay(Server teller, int number) {
        return contacts.learnOnHearsay(
                teller.id(),
                new ServerId("s" + number),
                new HostPort("s" + number, 1),
                key(number),
                0);
    }

    private boolean learnFrom(Server teller, int number) {
        return contacts.learnFrom(
                teller.id(),
                new ServerId("s" + number),
                new HostPort("s" + number, 1),
                key(number),
                0);
    }

    /** One that nobody holds. */
    private static RsaPublicKey key(int seed) {
        return ((KeyReading.Valid) RsaPublicKey.read(TestKeys.madeUp(seed))).key();
    }

    @Test
    void shouldForgetLearnedServerThatFailsForANewOneAtTheBound() {
        contacts.learn(B.id(), B.address(), B.key(), 0);
        Contact failing = contacts.takeDue(SECOND_NS, 0).getFirst();
        contacts.failed(failing, SECOND_NS);
        for (int i = 1; i < Contacts.CONTACTS_MAX; i++) {
            contacts.introducer(new HostPort("h" + i, 1), null, LATER_NS);
        }

        contacts.learn(C.id(), C.address(), C.key(), SECOND_NS);

        assertThat(contacts.find(failing.id())).isEmpty();
        assertThat(contacts.takeDue(2 * SECOND_NS, 0))
                .extracting(Contact::server)
                .containsExactly(C.id());
    }

    @Test
    void shouldRetryEverMoreRarely() {
        contacts.introducer(A.address(), null, 0);
        Contact contact = contacts.takeDue(0, 10).getFirst();

        long nowNs = 0;
        for (int attempt = 0; attempt < 10; attempt++) {
            contacts.failed(contact, nowNs);
            long waitNs = ((PeerState.Waiting) contact.state()).dueNs() - nowNs;
            long fullNs = Math.min(8, 1L << attempt) * SECOND_NS;
            assertThat(waitNs).isBetween(fullNs / 2, fullNs);
            nowNs += waitNs;
            assertThat(contacts.takeDue(nowNs, 10)).containsExactly(contact);
        }
        assertThat(contact.attempt()).isEqualTo(10);
    }

    @Test
    void shouldFindUnansweredJoins() {
        contacts.introducer(A.address(), null, 0);
        Contact contact = contacts.takeDue(0, 10).getFirst();
        contacts.joining(contact, LINK, 20);

        assertThat(contacts.unanswered(19)).isEmpty();
        assertThat(contacts.unanswered(20)).containsExactly(contact);
        contacts.announcedToUnknown(contact, 30);

        assertThat(contacts.unanswered(30)).isEmpty();
    }

    @Test
    void shouldFindOverdueDialsAndSigns() {
        contacts.introducer(A.address(), null, 0);
        contacts.introducer(B.address(), null, 0);
        List<Contact> due = contacts.takeDue(SECOND_NS, 10);
        contacts.joining(due.get(1), LINK, 15);
        contacts.announcedToUnknown(due.get(1), 20);

        assertThat(contacts.overdue(9)).isEmpty();
        assertThat(contacts.overdue(10)).containsExactly(due.get(0));
        assertThat(contacts.overdue(20)).containsExactlyElementsOf(due);
    }

    @Test
    void shouldFindContactByItsLinkWhileAnswerIsDue() {
        contacts.introducer(A.address(), null, 0);
        Contact contact = contacts.takeDue(0, 10).getFirst();
        contacts.joining(contact, LINK, 20);

        assertThat(contacts.awaitedOn(LINK)).contains(contact);
        assertThat(contacts.awaitedOn(new LinkId(2))).isEmpty();
        contacts.welcomed(contact, A.id());

        assertThat(contacts.awaitedOn(LINK)).isEmpty();
        assertThat(contact.server()).isEqualTo(A.id());
        assertThat(contacts.find(contact.id())).contains(contact);
    }

    @Test
    void shouldNotDialServerThatDialledUs() {
        contacts.introducer(A.address(), A.key(), 0);

        contacts.linked(A.id(), A.key());
        assertThat(contacts.takeDue(LATER_NS, 10)).isEmpty();
        contacts.unlinked(A.id(), 0);

        assertThat(contacts.takeDue(SECOND_NS, 10)).hasSize(1);
    }

    @Test
    void shouldWaitForWelcomeEvenIfServerDialsUsMeanwhile() {
        contacts.introducer(A.address(), A.key(), 0);
        Contact contact = contacts.takeDue(0, 10).getFirst();
        contacts.joining(contact, LINK, 20);

        contacts.linked(A.id(), A.key());

        assertThat(contacts.awaitedOn(LINK)).contains(contact);
    }

    @Test
    void shouldNeverDialOurselvesAgain() {
        contacts.introducer(A.address(), null, 0);
        Contact contact = contacts.takeDue(0, 10).getFirst();

        contacts.foundOurselves(contact);
        contacts.failed(contact, 0);
        contacts.unlinked(A.id(), 0);

        assertThat(contacts.takeDue(LATER_NS, 10)).isEmpty();
        assertThat(contacts.overdue(LATER_NS)).isEmpty();
    }

    @Test
    void shouldRedialServerThatOnlyOpensAndClosesEverMoreRarely() {
        contacts.learn(B.id(), B.address(), B.key(), 0);
        Contact contact = contacts.takeDue(SECOND_NS, 0).getFirst();
        contacts.joining(contact, LINK, 0);
        contacts.announced(contact, B.id());
        contacts.unlinked(B.id(), 0);
        contacts.takeDue(LATER_NS, 0);

        contacts.joining(contact, LINK, 0);
        contacts.announced(contact, B.id());
        contacts.unlinked(B.id(), 0);
        assertThat(contact.attempt()).isEqualTo(2);
        contacts.takeDue(LATER_NS, 0);
        contacts.joining(contact, LINK, 0);
        contacts.announced(contact, B.id());
        contacts.linked(B.id(), B.key());

        assertThat(contact.attempt()).isZero();
    }

    @Test
    void shouldNoticeWhenFilePinsAnotherKeyToAddress() {
        contacts.introducer(A.address(), A.key(), 0);
        contacts.introducer(B.address(), null, 0);
        contacts.learn(C.id(), C.address(), C.key(), 0);

        assertThat(contacts.contradicts(A.address(), B.key())).isTrue();
        assertThat(contacts.contradicts(A.address(), A.key())).isFalse();
        assertThat(contacts.contradicts(B.address(), A.key())).isFalse();
        assertThat(contacts.contradicts(C.address(), A.key())).isFalse();
    }

    @Test
    void shouldNotDialWithoutTlsWhoHasSaidThatItSpeaksIt() {
        contacts.learn(B.id(), B.address(), B.key(), 0);
        contacts.moved(B.id(), B.address().overTls(true));

        contacts.moved(B.id(), A.address());

        assertThat(contacts.takeDue(SECOND_NS, 10))
                .extracting(Contact::address)
                .containsExactly(A.address().overTls(true));
    }

    @Test
    void shouldNotTakeAnothersWordForItOnceTheServerItselfHasSpoken() {
        contacts.learnFrom(A.id(), B.id(), B.address().overTls(true), B.key(), 0);

        contacts.moved(B.id(), B.address());

        assertThat(contacts.takeDue(SECOND_NS, 10))
                .extracting(Contact::address)
                .containsExactly(B.address());
    }

    @Test
    void attackShouldFailWhenAnotherKeyComesFromAPinnedAddressOverTls() {
        contacts.introducer(A.address(), A.key(), 0);

        assertThat(contacts.contradicts(A.address().overTls(true), B.key())).isTrue();
        assertThat(contacts.contradicts(A.address().overTls(true), A.key())).isFalse();
    }
}
