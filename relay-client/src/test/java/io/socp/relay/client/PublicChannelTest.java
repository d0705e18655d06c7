package io.socp.relay.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientEvent.ClientError;
import io.socp.relay.client.ClientEvent.PublicMessage;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Member;
import io.socp.relay.client.testing.MiniRelay;
import io.socp.relay.testing.TestKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said to everyone is encrypted exactly while all who are here can read it. */
@Timeout(60)
class PublicChannelTest {

    private final MiniRelay relay = new MiniRelay();
    private final Member alice = new Member(Actors.ALICE, TestKeys.ALICE);
    private final Member bob = new Member(Actors.BOB, TestKeys.BOB);
    private final Member carol = new Member(Actors.CAROL, TestKeys.CAROL);

    @AfterEach
    void stop() {
        alice.close();
        bob.close();
        carol.close();
        relay.close();
    }

    @Test
    void shouldEncryptAmongOurOwn() throws Exception {
        joins(bob);
        joins(alice);
        alice.sees(bob);

        Sent sent = alice.client().sendPublic("hi all").get(10, SECONDS);

        assertThat(sent.isEncrypted()).isTrue();
        PublicMessage heard = bob.events().next(PublicMessage.class);
        assertThat(heard.text()).isEqualTo("hi all");
        assertThat(heard.isEncrypted()).isTrue();
        assertThat(heard.isVerified()).isTrue();
        assertThat(relay.lastSeen("MSG_PUBLIC_CHANNEL"))
                .asString(UTF_8)
                .doesNotContain("hi all")
                .doesNotContain("aGkgYWxs"); // in base64url
    }

    @Test
    void shouldShareTheKeyOnce() throws Exception {
        joins(bob);
        joins(alice);
        alice.sees(bob);

        for (int i = 0; i < 3; i++) {
            alice.client().sendPublic("again").get(10, SECONDS);
            assertThat(bob.events().next(PublicMessage.class).isEncrypted()).isTrue();
        }

        assertThat(relay.seen("PUBLIC_CHANNEL_KEY_SHARE")).isEqualTo(1);
    }

    @Test
    void shouldShareWithLateJoinersOnly() throws Exception {
        joins(bob);
        joins(alice);
        alice.sees(bob);
        alice.client().sendPublic("before").get(10, SECONDS);

        joins(carol);
        alice.sees(carol);
        alice.client().sendPublic("after").get(10, SECONDS);

        assertThat(carol.events().next(PublicMessage.class).text()).isEqualTo("after");
        assertThat(relay.seen("PUBLIC_CHANNEL_KEY_SHARE")).isEqualTo(2);
        assertThat(relay.lastSeen("PUBLIC_CHANNEL_KEY_SHARE"))
                .asString(UTF_8)
                .contains(carol.id().value())
                .doesNotContain(bob.id().value());
    }

    @Test
    void shouldSpeakPlainlyWhileAStrangerIsHere() throws Exception {
        joins(bob);
        carol.joins(ClientOptions.to(relay.uri()).withoutHybrid());
        joins(alice);
        alice.sees(bob);
        alice.sees(carol);

        Sent sent = alice.client().sendPublic("hi all").get(10, SECONDS);

        assertThat(sent.isEncrypted()).isFalse();
        assertThat(bob.events().next(PublicMessage.class))
                .satisfies(heard -> assertThat(heard.isEncrypted()).isFalse())
                .satisfies(heard -> assertThat(heard.isVerified()).isTrue());
        assertThat(carol.events().next(PublicMessage.class).text()).isEqualTo("hi all");
        assertThat(relay.seen("PUBLIC_CHANNEL_KEY_SHARE")).isZero();
    }

    @Test
    void shouldGoBackToPlainWhenAStrangerJoins() throws Exception {
        joins(bob);
        joins(alice);
        alice.sees(bob);
        assertThat(alice.client().sendPublic("one").get(10, SECONDS).isEncrypted()).isTrue();

        carol.joins(ClientOptions.to(relay.uri()).withoutHybrid());
        alice.sees(carol);

        assertThat(alice.client().sendPublic("two").get(10, SECONDS).isEncrypted()).isFalse();
        assertThat(carol.events().next(PublicMessage.class).text()).isEqualTo("two");
    }

    @Test
    void shouldSpeakPlainlyWhileSomeoneListedIsNotKnown() throws Exception {
        joins(bob);
        relay.hides(bob.id());
        joins(carol);
        joins(alice);
        alice.sees(carol);

        assertThat(alice.client().sendPublic("hi").get(10, SECONDS).isEncrypted()).isFalse();
        assertThat(bob.events().next(PublicMessage.class).text()).isEqualTo("hi");
    }

    @Test
    void shouldSpeakPlainlyWithNobodyHere() throws Exception {
        joins(alice);

        assertThat(alice.client().sendPublic("anyone?").get(10, SECONDS).isEncrypted()).isFalse();
    }

    @Test
    void shouldReadAMessageThatCameBeforeItsKey() throws Exception {
        relay.delaysShares();
        joins(bob);
        joins(alice);
        alice.sees(bob);

        alice.client().sendPublic("early").get(10, SECONDS);

        assertThat(bob.events().next(PublicMessage.class).text()).isEqualTo("early");
    }

    @Test
    void shouldSayWhenTheKeyDoesNotCome() throws Exception {
        relay.losesShares();
        joins(bob);
        joins(alice);
        alice.sees(bob);

        alice.client().sendPublic("lost").get(10, SECONDS);

        ClientError error = bob.events().next(ClientError.class);
        assertThat(error.code()).isEqualTo(ClientErrorCode.UNREADABLE);
        assertThat(error.detail()).contains(alice.id().value()).contains("encrypted for those");
    }

    @Test
    void shouldKeepTheOrderOfWhatItSays() throws Exception {
        joins(bob);
        joins(alice);
        alice.sees(bob);

        for (int i = 0; i < 10; i++) {
            var _ = alice.client().sendPublic("number " + i);
        }

        for (int i = 0; i < 10; i++) {
            assertThat(bob.events().next(PublicMessage.class).text()).isEqualTo("number " + i);
        }
    }

    private void joins(Member member) throws Exception {
        member.joins(ClientOptions.to(relay.uri()));
    }
}
