package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.LinkChoice;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** B has shown that it is B on link 1; C only says so on link 2. */
class ConductTest {

    private static final LinkId LINK_OF_B = new LinkId(1);
    private static final LinkId CLAIM_OF_C = new LinkId(2);
    private static final LinkId OTHER_LINK = new LinkId(3);

    private final PeerTable peers = new PeerTable(A.id());
    private final Map<LinkId, String> origins = new HashMap<>();
    private final Conduct conduct = new Conduct(peers, link -> origins.getOrDefault(link, ""));
    private Moment now = new Moment(7, 1_000);

    @BeforeEach
    void linkPeers() {
        join(B, LINK_OF_B, true);
        join(C, CLAIM_OF_C, false);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTolerateOffencesUpToTheBoundAndCutAtOnePast(Offence offence) {
        int tolerated = Conduct.PATIENCE / offence.weight();

        for (int i = 0; i < tolerated; i++) {
            assertThat(misconduct(offend(offence))).isEmpty();
        }
        assertThat(conduct.isRefused(B.id(), LINK_OF_B, now)).isFalse();

        assertThat(misconduct(offend(offence)))
                .containsExactly(new RelayEvent.Misconduct(B.id(), null));
        assertThat(conduct.isRefused(B.id(), LINK_OF_B, now)).isTrue();
        assertThat(conduct.isRefused(B.id(), OTHER_LINK, now)).isTrue();
        assertThat(conduct.isRefused(C.id(), CLAIM_OF_C, now)).isFalse();
        assertThat(conduct.count(offence)).isEqualTo(tolerated + 1);
        assertThat(conduct.refusals()).isEqualTo(1);
    }

    @Test
    void shouldWeighManyOffencesOfOneFrameTogether() {
        int tolerated = Conduct.PATIENCE / Offence.TOO_MANY_USERS.weight();

        assertThat(misconduct(offend(Offence.TOO_MANY_USERS, tolerated))).isEmpty();
        assertThat(misconduct(offend(Offence.TOO_MANY_USERS, 1))).hasSize(1);
    }

    @Test
    void shouldNotBeFooledByCountThatOverflows() {
        assertThat(misconduct(offend(Offence.CHANGES_PINNED_KEY, Integer.MAX_VALUE))).hasSize(1);
    }

    @Test
    void shouldTolerateForEverWhatComesNoFasterThanItIsForgiven() {
        Duration pace = Conduct.POINT_INTERVAL.multipliedBy(Offence.FORGES_SERVER_ID.weight());

        for (int i = 0; i < 20_000; i++) {
            assertThat(misconduct(offend(Offence.FORGES_SERVER_ID))).isEmpty();
            pass(pace);
        }
    }

    @Test
    void shouldTellOperatorOnceOfEachKindUntilItWasQuiet() {
        List<RelayEffect> effects = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            effects.addAll(offend(Offence.MALFORMED));
            effects.addAll(offend(Offence.UNKNOWN_TYPE));
            pass(Conduct.QUIET.minusNanos(1));
        }
        assertThat(effects).hasSize(2).allMatch(Report.class::isInstance);

        pass(Duration.ofNanos(1));

        assertThat(offend(Offence.MALFORMED)).hasSize(1);
    }

    @Test
    void shouldKeepQuietAboutWhatEveryServerDoes() {
        assertThat(offend(Offence.REPEATS_PRESENCE)).isEmpty();
        assertThat(offend(Offence.CHANGES_PRESENCE)).isEmpty();
    }

    /** A frame waits for its turn with the time at which it came. */
    @Test
    void shouldTakeWhatCameBeforeTheFirstOffence() {
        Moment before = now;
        pass(Duration.ofMillis(5));
        offend(Offence.REPEATS_PRESENCE);

        assertThat(conduct.isRefused(B.id(), LINK_OF_B, before)).isFalse();
    }

    @Test
    void shouldSayNothingMoreOfPeerThatIsCut() {
        cut();

        assertThat(offend(Offence.MALFORMED, 1_000_000)).isEmpty();
    }

    @Test
    void shouldRefuseTwiceAsLongEachTimeUpToTheBound() {
        Duration expected = Conduct.REFUSAL_FIRST;
        for (int i = 0; i < 10; i++) {
            cut();
            pass(expected.minusNanos(1));
            assertThat(conduct.isRefused(B.id(), now)).isTrue();
            pass(Duration.ofNanos(1));
            assertThat(conduct.isRefused(B.id(), now)).isFalse();
            expected = expected.multipliedBy(2);
            if (expected.compareTo(Conduct.REFUSAL_MAX) > 0) {
                expected = Conduct.REFUSAL_MAX;
            }
        }
        assertThat(expected).isEqualTo(Conduct.REFUSAL_MAX);
    }

    @Test
    void shouldForgiveInTheEnd() {
        cut();
        cut();
        pass(Conduct.REFUSAL_FIRST.plus(Conduct.FORGIVEN_AFTER).minusNanos(1));
        conduct.onTick(now);
        assertThat(conduct.offenders()).isEqualTo(1);

        pass(Duration.ofNanos(1));
        conduct.onTick(now);
        assertThat(conduct.offenders()).isZero();

        cut();
        pass(Conduct.REFUSAL_FIRST);
        assertThat(conduct.isRefused(B.id(), now)).isFalse();
    }

    @Test
    void shouldRefuseSameKeyUnderAnotherId() {
        cut();

        assertThat(conduct.refusedUntilNs(MALLORY.id(), B.key(), OTHER_LINK, now))
                .contains(now.ns() + Conduct.REFUSAL_FIRST.toNanos());
        assertThat(conduct.refusedUntilNs(B.id(), MALLORY.key(), OTHER_LINK, now)).isPresent();
        assertThat(conduct.refusedUntilNs(MALLORY.id(), MALLORY.key(), OTHER_LINK, now)).isEmpty();
    }

    @Test
    void shouldHoldOffencesOfMereClaimAgainstItsLinkAlone() {
        List<RelayEffect> effects = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            effects.addAll(offendAs(C, CLAIM_OF_C, Offence.CHANGES_PINNED_KEY));
        }

        assertThat(misconduct(effects))
                .containsExactly(new RelayEvent.Misconduct(C.id(), CLAIM_OF_C));
        assertThat(conduct.isRefused(C.id(), CLAIM_OF_C, now)).isTrue();
        assertThat(conduct.isRefused(C.id(), OTHER_LINK, now)).isFalse();
        assertThat(conduct.refusedUntilNs(C.id(), C.key(), OTHER_LINK, now)).isEmpty();

        conduct.forget(CLAIM_OF_C);
        assertThat(conduct.offenders()).isZero();
    }

    @Test
    void shouldHoldAgainstServerOnlyWhatComesFromWhereTheOffenceCame() {
        origins.put(LINK_OF_B, "192.0.2.1");
        origins.put(OTHER_LINK, "192.0.2.2");
        join(B, OTHER_LINK, true);
        LinkId next = new LinkId(4);
        origins.put(next, "192.0.2.2");

        conduct.hearing(OTHER_LINK);
        cut();

        assertThat(conduct.isRefused(B.id(), OTHER_LINK, now)).isTrue();
        assertThat(conduct.refusedUntilNs(B.id(), B.key(), next, now)).isPresent();
        assertThat(conduct.isRefused(B.id(), LINK_OF_B, now)).isFalse();
        assertThat(conduct.refusedUntilNs(B.id(), B.key(), LINK_OF_B, now)).isEmpty();
        assertThat(conduct.refusedUntilNs(B.id(), B.key(), B.address(), now)).isEmpty();
    }

    @Test
    void shouldCutTheLinksUnderAnotherIdOfKeyThatIsRefused() {
        ServerId second = MALLORY.id();
        peers.join(
                second,
                B.key(),
                B.address(),
                new PeerLink(OTHER_LINK, Direction.INBOUND, true),
                LinkChoice.AGREED);
        cut();

        List<RelayEffect> first =
                conduct.onOffence(second, OTHER_LINK, Offence.REPEATS_PRESENCE, "odd", now);
        List<RelayEffect> next =
                conduct.onOffence(second, OTHER_LINK, Offence.REPEATS_PRESENCE, "odd", now);

        assertThat(misconduct(first)).containsExactly(new RelayEvent.Misconduct(second, null));
        assertThat(next).isEmpty();
        assertThat(conduct.isRefused(second, OTHER_LINK, now)).isTrue();
        assertThat(conduct.refusals()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheAccountsOfOneKeyApartByOrigin() {
        origins.put(LINK_OF_B, "192.0.2.1");
        origins.put(OTHER_LINK, "192.0.2.2");
        join(B, OTHER_LINK, true);
        conduct.hearing(OTHER_LINK);
        cut();

        assertThat(offendAs(B, LINK_OF_B, Offence.REPEATS_PRESENCE)).isEmpty();

        assertThat(conduct.isRefused(B.id(), LINK_OF_B, now)).isFalse();
        assertThat(conduct.isRefused(B.id(), OTHER_LINK, now)).isTrue();
    }

    @Test
    void shouldHoldAgainstServerWhatComesAfterItsSocketIsGone() {
        origins.put(LINK_OF_B, "192.0.2.1");
        conduct.onOpened(LINK_OF_B);
        origins.put(LINK_OF_B, "nowhere");

        conduct.hearing(LINK_OF_B);
        cut();

        assertThat(conduct.isRefused(B.id(), now)).isTrue();
        origins.put(OTHER_LINK, "192.0.2.1");
        assertThat(conduct.refusedUntilNs(B.id(), B.key(), OTHER_LINK, now)).isPresent();
    }

    @Test
    void shouldForgetWhereLinkCameFromWhenItIsGone() {
        origins.put(OTHER_LINK, "192.0.2.1");
        conduct.onOpened(OTHER_LINK);
        conduct.forget(OTHER_LINK);
        origins.put(OTHER_LINK, "192.0.2.2");
        origins.put(LINK_OF_B, "192.0.2.1");
        conduct.hearing(LINK_OF_B);
        cut();

        assertThat(conduct.refusedUntilNs(B.id(), B.key(), OTHER_LINK, now)).isEmpty();
    }

    @Test
    void shouldNotRememberLinkThatIsNobodysByNow() {
        assertThat(offendAs(B, OTHER_LINK, Offence.CHANGES_PINNED_KEY)).isEmpty();

        assertThat(conduct.offenders()).isZero();
        assertThat(conduct.count(Offence.CHANGES_PINNED_KEY)).isEqualTo(1);
    }

    @Test
    void shouldRememberNoMoreOffendersThanTheBoundAndForgetThoseThatAreNotRefusedFirst() {
        cut();
        for (int i = 1; i < Conduct.OFFENDERS_MAX; i++) {
            offendAs(i);
        }
        assertThat(conduct.offenders()).isEqualTo(Conduct.OFFENDERS_MAX);

        offendAs(Conduct.OFFENDERS_MAX);

        assertThat(conduct.offenders()).isEqualTo(Conduct.OFFENDERS_MAX);
        assertThat(conduct.isRefused(B.id(), now)).isTrue();
    }

    @Test
    void shouldForgetTheRefusalThatEndsFirstWhenAllAreRefused() {
        cut();
        pass(Duration.ofMillis(1));
        for (int i = 1; i < Conduct.OFFENDERS_MAX; i++) {
            cut(i);
        }
        assertThat(conduct.isRefused(B.id(), now)).isTrue();

        cut(Conduct.OFFENDERS_MAX);

        assertThat(conduct.offenders()).isEqualTo(Conduct.OFFENDERS_MAX);
        assertThat(conduct.isRefused(B.id(), now)).isFalse();
        assertThat(conduct.isRefused(numbered(1), now)).isTrue();
        assertThat(conduct.isRefused(numbered(Conduct.OFFENDERS_MAX), now)).isTrue();
    }

    private void offendAs(int number) {
        conduct.onOffence(numbered(number), Offence.MALFORMED, 1, "odd", now);
    }

    private void cut(int number) {
        conduct.onOffence(numbered(number), Offence.CHANGES_PINNED_KEY, 2, "odd", now);
    }

    private static ServerId numbered(int number) {
        return new ServerId("s" + number);
    }

    private List<RelayEffect> offend(Offence offence) {
        return offendAs(B, LINK_OF_B, offence);
    }

    private List<RelayEffect> offend(Offence offence, int times) {
        return conduct.onOffence(B.id(), offence, times, "odd", now);
    }

    private List<RelayEffect> offendAs(Server server, LinkId link, Offence offence) {
        return conduct.onOffence(server.id(), link, offence, "odd", now);
    }

    private void cut() {
        offend(Offence.CHANGES_PINNED_KEY, 2);
    }

    private void pass(Duration time) {
        now = new Moment(now.ns() + time.toNanos(), now.epochMs() + time.toMillis());
    }

    private void join(Server server, LinkId link, boolean proven) {
        peers.join(
                server.id(),
                server.key(),
                server.address(),
                new PeerLink(link, Direction.INBOUND, proven),
                LinkChoice.AGREED);
    }

    private static List<RelayEvent> misconduct(List<RelayEffect> effects) {
        return effects.stream()
                .filter(Post.class::isInstance)
                .map(effect -> ((Post) effect).event())
                .toList();
    }
}
