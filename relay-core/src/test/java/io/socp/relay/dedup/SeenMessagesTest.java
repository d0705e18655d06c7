package io.socp.relay.dedup;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.ALL_KEYS;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Stages.linkOf;
import static io.socp.relay.testing.Stages.message;
import static io.socp.relay.testing.Stages.verified;
import static io.socp.relay.testing.Stages.vet;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Verification;
import io.socp.relay.verify.VerifiedMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SeenMessagesTest {

    private static final LinkIdentity USER = linkOf(ALICE);
    private static final LinkIdentity SERVER = linkOf(A);
    private static final Duration TTL = Duration.ofMinutes(5);

    private final VirtualClock clock = new VirtualClock();
    private final SeenMessages seen = new SeenMessages(1_000, TTL, clock);

    @Test
    void shouldAdmitMessageOnce() {
        Envelope envelope = Envelopes.msgDirect(ALICE, BOB).build();

        Admission first = seen.admit(verified(envelope, USER));
        Admission second = seen.admit(verified(envelope, USER));

        assertThat(first).isInstanceOf(Admitted.class);
        assertThat(second).isEqualTo(new Admission.Duplicate());
        assertThat(seen.size()).isEqualTo(1);
    }

    @Test
    void shouldKnowSameMessageOnAnotherLinkAndUnderAnotherSignature() {
        Envelope first = Envelopes.msgPublic(ALICE).contentSig("").build();
        Envelope signedAnew = Envelopes.msgPublic(ALICE).contentSig("").build();
        assertThat(first.sig()).isNotEqualTo(signedAnew.sig());

        seen.admit(verified(first, USER));

        assertThat(seen.admit(verified(signedAnew, SERVER))).isEqualTo(new Admission.Duplicate());
        assertThat(seen.alreadyAdmitted(signedAnew, message(signedAnew))).isTrue();
    }

    @Test
    void shouldCarryVerifiedMessageOn() {
        VerifiedMessage verified = verified(Envelopes.msgPublic(ALICE).build(), USER);

        Admitted admitted = (Admitted) seen.admit(verified);

        assertThat(admitted.envelope()).isSameAs(verified.envelope());
        assertThat(admitted.message()).isSameAs(verified.message());
        assertThat(admitted.link()).isEqualTo(USER);
        assertThat(admitted.proof()).isEqualTo(verified.proof());
    }

    @Test
    void shouldLeaveNoTraceOfForgedCopy() {
        Envelope forged =
                Envelopes.msgPublic(ALICE).contentSig("").signedBy(TestKeys.MALLORY).build();
        Envelope genuine = Envelopes.msgPublic(ALICE).contentSig("").build();

        boolean before = seen.alreadyAdmitted(forged, message(forged));
        Verification verification = Stages.verify(vet(ALL_KEYS, forged, USER));

        assertThat(before).isFalse();
        assertThat(verification).isInstanceOf(Verification.Rejected.class);
        assertThat(seen.size()).isZero();
        assertThat(seen.admit(verified(genuine, USER))).isInstanceOf(Admitted.class);
    }

    @Test
    void shouldTellCopiesFromManyFromCopiesFromOne() {
        Envelope envelope = Envelopes.msgPublic(ALICE).build();
        LinkId one = new LinkId(1);
        LinkId other = new LinkId(2);
        boolean beforeAdmission = seen.isRepeated(envelope, one);
        seen.admit(verified(envelope, USER));

        List<Boolean> inTurn =
                Stream.of(one, other, one, other)
                        .map(link -> seen.isRepeated(envelope, link))
                        .toList();

        assertThat(beforeAdmission).isFalse();
        assertThat(inTurn).containsOnly(false);
        assertThat(seen.isRepeated(envelope, other)).isTrue();
        assertThat(seen.size()).isEqualTo(1);
    }

    @Test
    void shouldLookWithoutRemembering() {
        Envelope envelope = Envelopes.msgPublic(ALICE).build();

        assertThat(seen.alreadyAdmitted(envelope, message(envelope))).isFalse();
        assertThat(seen.alreadyAdmitted(envelope, message(envelope))).isFalse();
        assertThat(seen.size()).isZero();
    }

    @Test
    void shouldForgetAtEndOfTime() {
        VerifiedMessage verified = verified(Envelopes.msgPublic(ALICE).build(), USER);
        seen.admit(verified);

        clock.advanceNs(TTL.toNanos() - 1);
        assertThat(seen.admit(verified)).isEqualTo(new Admission.Duplicate());
        clock.advanceNs(1);

        assertThat(seen.admit(verified)).isInstanceOf(Admitted.class);
        assertThat(seen.earlyEvictions()).isZero();
    }

    @Test
    void shouldNotLetDuplicatesProlongMemory() {
        VerifiedMessage verified = verified(Envelopes.msgPublic(ALICE).build(), USER);
        seen.admit(verified);

        clock.advanceNs(TTL.toNanos() / 2);
        seen.admit(verified);
        seen.alreadyAdmitted(verified.envelope(), verified.message());
        clock.advanceNs(TTL.toNanos() / 2);

        assertThat(seen.admit(verified)).isInstanceOf(Admitted.class);
    }

    @Test
    void shouldStayWithinBoundAndCountWhatItCosts() {
        var small = new SeenMessages(3, TTL, clock);
        List<VerifiedMessage> messages =
                List.of(numbered(1), numbered(2), numbered(3), numbered(4), numbered(5));

        messages.subList(0, 3).forEach(small::admit);
        long atBound = small.earlyEvictions();
        messages.subList(3, 5).forEach(small::admit);

        assertThat(atBound).isZero();
        assertThat(small.size()).isEqualTo(3);
        assertThat(small.earlyEvictions()).isEqualTo(2);
    }

    @Test
    void shouldAdmitOnceAmongManyThreads() throws InterruptedException {
        VerifiedMessage verified = verified(Envelopes.msgPublic(ALICE).build(), USER);
        var admitted = new AtomicInteger();
        var start = new CountDownLatch(1);
        List<Thread> threads =
                Stream.generate(() ->
                                Thread.ofPlatform()
                                        .start(() -> {
                                            await(start);
                                            if (seen.admit(verified) instanceof Admitted) {
                                                admitted.incrementAndGet();
                                            }
                                        }))
                        .limit(8)
                        .toList();

        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(admitted).hasValue(1);
    }

    @Test
    void shouldLetOtherFamiliesPassAgain() {
        List<EnvelopeBuilder> recurring =
                List.of(
                        Envelopes.heartbeat(A),
                        Envelopes.advertise(A, ALICE),
                        Envelopes.remove(A, ALICE),
                        Envelopes.serverAnnounce(A),
                        Envelopes.channelAdd(A),
                        Envelopes.error(A.id()));

        for (EnvelopeBuilder builder : recurring) {
            VerifiedMessage verified = verified(builder.build(), SERVER);
            assertThat(seen.admit(verified)).isInstanceOf(Admitted.class);
            assertThat(seen.admit(verified)).isInstanceOf(Admitted.class);
            assertThat(seen.alreadyAdmitted(verified.envelope(), verified.message())).isFalse();
        }
        assertThat(seen.size()).isZero();
    }

    private static VerifiedMessage numbered(int number) {
        return verified(
                Envelopes.msgPublic(ALICE).contentSig("").with("ciphertext", "n" + number).build(),
                USER);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
