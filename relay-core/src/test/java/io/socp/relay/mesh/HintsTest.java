package io.socp.relay.mesh;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Addresses that links say which have shown nothing. */
class HintsTest {

    private static final LinkId LINK = new LinkId(1);
    private static final long LATER_NS = Duration.ofSeconds(1_000).toNanos();

    private final Contacts contacts =
            new Contacts(
                    new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8)),
                    new SplittableRandom(1));

    @Test
    void shouldNotTakeHintOfAddressKnownToBeDialledOtherwise() {
        contacts.learn(A.id(), A.address().overTls(true), A.key(), LATER_NS * 9);

        contacts.hintAndDial(new Hint(LINK, B.id(), A.address(), B.key()), 0);

        assertThat(contacts.takeDue(LATER_NS, 0)).isEmpty();
    }

    @Test
    void shouldLetHintWaitForItsLinkHoweverTheSameAddressIsSaidToBeDialled() {
        contacts.hintAndDial(new Hint(new LinkId(2), B.id(), B.address(), B.key()), 0);

        contacts.hint(new Hint(LINK, B.id(), B.address().overTls(true), B.key()), 0);

        assertThat(contacts.takeDue(LATER_NS, 0)).isEmpty();
    }

    @Test
    void shouldTryHintWhenItsLinkIsGoneWhileAnotherIsUp() {
        contacts.hint(hint(LINK, 1), 0);
        contacts.hint(hint(new LinkId(2), 2), 0);

        contacts.claimClosed(LINK, false, 0);

        assertThat(contacts.takeDue(LATER_NS, 0))
                .extracting(Contact::address)
                .containsExactly(hint(LINK, 1).address());
    }

    @Test
    void shouldForgetHintsOfServerThatIsReallyLinkedWithTheirLinks() {
        for (int i = 0; i < Contacts.HINTS_MAX; i++) {
            contacts.hint(hint(new LinkId(i), i), 0);
            contacts.claimClosed(new LinkId(i), true, 0);
        }

        contacts.hintAndDial(hint(new LinkId(100), 100), 0);

        List<Contact> due = contacts.takeDue(LATER_NS, 0);
        assertThat(due)
                .extracting(Contact::address)
                .containsExactly(hint(new LinkId(100), 100).address());
    }

    private static Hint hint(LinkId on, int number) {
        return new Hint(on, B.id(), new HostPort("h" + number, 1), B.key());
    }
}
