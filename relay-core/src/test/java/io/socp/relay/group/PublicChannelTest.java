package io.socp.relay.group;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.group.PublicChannel.Growth;
import io.socp.relay.identity.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicChannelTest {

    private final PublicChannel channel = new PublicChannel();

    @Test
    void shouldStartAtVersionZeroWithNobodyToAnnounce() {
        assertThat(channel.version()).isZero();
        assertThat(channel.hasJoined()).isFalse();
    }

    @Test
    void shouldAnnounceThoseWhoJoinedTogetherUnderOneVersion() {
        channel.join(ALICE.id());
        channel.join(BOB.id());

        assertThat(channel.grow()).isEqualTo(new Growth(List.of(ALICE.id(), BOB.id()), 0, 1));
        assertThat(channel.hasJoined()).isFalse();
        assertThat(channel.version()).isEqualTo(1);
    }

    @Test
    void shouldAnnounceOnceWhoJoinedTwice() {
        channel.join(ALICE.id());
        channel.join(BOB.id());
        channel.join(ALICE.id());

        assertThat(channel.grow()).isEqualTo(new Growth(List.of(ALICE.id(), BOB.id()), 0, 1));
        assertThat(channel.hasJoined()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "999, false", "1000, true", "1001, true"})
    void shouldSayWhenFrameIsFull(int members, boolean isFull) {
        IntStream.range(0, members).forEach(i -> channel.join(new UserId("user-" + i)));

        assertThat(channel.fillsFrame()).isEqualTo(isFull);
    }

    @Test
    void shouldBuildOnTheVersionOfAnotherServer() {
        channel.merge(7);
        channel.join(ALICE.id());

        assertThat(channel.grow()).isEqualTo(new Growth(List.of(ALICE.id()), 7, 8));
    }

    @ParameterizedTest
    @CsvSource({"999, 1", "1000, 1", "1001, 2", "2000, 2", "2001, 3"})
    void shouldNameAtMostThousandMembersInOneFrame(int members, int frames) {
        List<UserId> all =
                IntStream.range(0, members).mapToObj(i -> new UserId("user-" + i)).toList();
        all.forEach(channel::join);

        List<Growth> growths = new ArrayList<>();
        while (channel.hasJoined()) {
            growths.add(channel.grow());
        }

        assertThat(growths).hasSize(frames);
        assertThat(growths.stream().flatMap(g -> g.added().stream()).toList()).isEqualTo(all);
        assertThat(growths).allSatisfy(g -> assertThat(g.added()).hasSizeLessThanOrEqualTo(1_000));
        assertThat(channel.version()).isEqualTo(frames);
    }

    @Test
    void shouldKeepTheLargerOfTwoVersions() {
        assertThat(channel.merge(5)).isTrue();
        assertThat(channel.merge(5)).isFalse();
        assertThat(channel.merge(3)).isFalse();
        assertThat(channel.version()).isEqualTo(5);
    }

    @Test
    void shouldArriveAtOneVersionWhateverTheOrderOfHearing() {
        PublicChannel other = new PublicChannel();
        channel.join(ALICE.id());
        other.join(BOB.id());
        long first = channel.grow().version();
        other.grow();
        other.join(ALICE.id());
        long second = other.grow().version();

        channel.merge(second);
        other.merge(first);

        assertThat(channel.version()).isEqualTo(other.version()).isEqualTo(2);
    }

    @Test
    void shouldIgnoreVersionThatNoChannelCanHave() {
        assertThat(channel.merge(Long.MAX_VALUE)).isFalse();
        assertThat(channel.merge(PublicChannel.VERSION_MAX + 1)).isFalse();
        assertThat(channel.version()).isZero();
    }

    @Test
    void shouldStayAtTheLastVersion() {
        assertThat(channel.merge(PublicChannel.VERSION_MAX)).isTrue();
        channel.join(ALICE.id());

        assertThat(channel.grow().version()).isEqualTo(PublicChannel.VERSION_MAX);
    }
}
