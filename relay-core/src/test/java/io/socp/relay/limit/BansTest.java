package io.socp.relay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.limit.Bans.Ban;
import io.socp.relay.limit.Bans.Kind;
import io.socp.relay.limit.Bans.Subject;
import org.junit.jupiter.api.Test;

class BansTest {

    private static final long NOW = 1_000;

    private final Bans bans = new Bans();

    @Test
    void shouldHoldUntilItEnds() {
        bans.add(ban("mallory", NOW + 10), NOW);

        assertThat(bans.find(Kind.USER, "mallory", NOW + 9)).isNotNull();
        assertThat(bans.find(Kind.USER, "mallory", NOW + 10)).isNull();
    }

    @Test
    void shouldShutOutNobodyElse() {
        bans.add(ban("mallory", NOW + 10), NOW);

        assertThat(bans.find(Kind.USER, "alice", NOW)).isNull();
        assertThat(bans.find(Kind.SERVER, "mallory", NOW)).isNull();
    }

    @Test
    void shouldLetInAgain() {
        bans.add(ban("mallory", NOW + 10), NOW);

        assertThat(bans.lift(new Subject(Kind.USER, "mallory"))).isTrue();
        assertThat(bans.lift(new Subject(Kind.USER, "mallory"))).isFalse();
        assertThat(bans.find(Kind.USER, "mallory", NOW)).isNull();
    }

    @Test
    void shouldReplaceAnEarlierBan() {
        bans.add(ban("mallory", NOW + 10), NOW);
        bans.add(ban("mallory", NOW + 20), NOW);

        assertThat(bans.all(NOW)).containsExactly(ban("mallory", NOW + 20));
    }

    @Test
    void shouldListThoseThatHoldTheFirstToEndFirst() {
        bans.add(ban("late", NOW + 30), NOW);
        bans.add(ban("over", NOW), NOW);
        bans.add(ban("soon", NOW + 10), NOW);

        assertThat(bans.all(NOW))
                .extracting(ban -> ban.subject().name())
                .containsExactly("soon", "late");
    }

    @Test
    void shouldTakeSoManyAndNoMoreUntilOneEnds() {
        for (int i = 0; i < Bans.BANS_MAX; i++) {
            assertThat(bans.add(ban("user " + i, NOW + 1 + i), NOW)).isTrue();
        }

        assertThat(bans.add(ban("one more", NOW + 10), NOW)).isFalse();
        assertThat(bans.add(ban("user 5", NOW + 10), NOW)).isTrue();
        assertThat(bans.add(ban("one more", NOW + 10), NOW + 1)).isTrue();
    }

    @Test
    void shouldNotCountThoseThatAreOver() {
        bans.add(ban("over", NOW + 1), NOW);
        bans.add(ban("holds", NOW + 10), NOW);

        assertThat(bans.isAtLeast(2, NOW)).isTrue();
        assertThat(bans.isAtLeast(2, NOW + 1)).isFalse();
        assertThat(bans.isAtLeast(1, NOW + 1)).isTrue();
        assertThat(bans.size()).isEqualTo(1);
    }

    private static Ban ban(String user, long untilMs) {
        return new Ban(new Subject(Kind.USER, user), untilMs, "");
    }
}
