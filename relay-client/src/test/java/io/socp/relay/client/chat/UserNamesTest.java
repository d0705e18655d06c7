package io.socp.relay.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientEvent.PresenceChanged;
import io.socp.relay.client.ClientEvent.Ready;
import io.socp.relay.client.chat.UserNames.Meaning;
import io.socp.relay.identity.UserId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whom a word means. */
class UserNamesTest {

    private static final UserId ONE = new UserId("aaaa1111-0000-4000-8000-000000000001");
    private static final UserId TWO = new UserId("aaaa2222-0000-4000-8000-000000000002");

    private final UserNames names = new UserNames();

    @Test
    void shouldKnowAnExactId() {
        online(ONE, null);

        assertThat(names.meaningOf(ONE.value())).isEqualTo(new Meaning.One(ONE));
    }

    @Test
    void shouldKnowTheBeginningOfAnId() {
        online(ONE, null);
        online(TWO, null);

        assertThat(names.meaningOf("aaaa1")).isEqualTo(new Meaning.One(ONE));
        assertThat(names.meaningOf("aaaa"))
                .isEqualTo(new Meaning.Several(List.of(ONE.value(), TWO.value())));
    }

    @Test
    void shouldNotGuessFromThreeCharacters() {
        online(ONE, null);

        assertThat(names.meaningOf("aaa")).isEqualTo(new Meaning.Nobody());
        assertThat(names.meaningOf("aaaa")).isEqualTo(new Meaning.One(ONE));
    }

    @Test
    void shouldKnowADisplayName() {
        online(ONE, "Bob");
        online(TWO, "Bobby");

        assertThat(names.meaningOf("Bob")).isEqualTo(new Meaning.One(ONE));
        assertThat(names.meaningOf("Bobb")).isEqualTo(new Meaning.Nobody());
    }

    @Test
    void shouldNotChooseBetweenTwoOfOneName() {
        online(ONE, "Bob");
        online(TWO, "Bob");

        assertThat(names.meaningOf("Bob")).isInstanceOf(Meaning.Several.class);
    }

    @Test
    void shouldPreferAnExactIdToAName() {
        UserId plain = new UserId("Bob");
        online(plain, null);
        online(TWO, "Bob");

        assertThat(names.meaningOf("Bob")).isEqualTo(new Meaning.One(plain));
    }

    @Test
    void shouldNotTakeANameForAWholeId() {
        online(TWO, ONE.value());

        assertThat(names.meaningOf(ONE.value())).isEqualTo(new Meaning.Nobody());
    }

    @Test
    void shouldNotLetANameHideTheBeginningOfAnId() {
        online(ONE, null);
        online(TWO, "aaaa1111");

        assertThat(names.meaningOf("aaaa1111")).isInstanceOf(Meaning.Several.class);
    }

    @Test
    void shouldForgetWhoHasLeft() {
        online(ONE, "Bob");

        names.onEvent(new PresenceChanged(ONE, "Bob", false));

        assertThat(names.meaningOf("Bob")).isEqualTo(new Meaning.Nobody());
        assertThat(names.words()).isEmpty();
    }

    @Test
    void shouldTellWhoWaitsForAName() {
        CompletableFuture<UserId> bob = names.await("Bob");
        online(TWO, "Carol");
        assertThat(bob).isNotDone();

        online(ONE, "Bob");

        assertThat(bob).isCompletedWithValue(ONE);
    }

    @Test
    void shouldKnowTheUserItself() {
        names.onEvent(new Ready(ONE, null));

        assertThat(names.meaningOf("aaaa1111")).isEqualTo(new Meaning.One(ONE));
    }

    @Test
    void shouldOfferNamesOfOneWordAndIdsForCompletion() {
        online(ONE, "Bob");
        online(TWO, "Carol the Second");

        assertThat(names.words()).containsExactly("Bob", ONE.value(), TWO.value());
    }

    private void online(UserId user, String name) {
        names.onEvent(new PresenceChanged(user, name, true));
    }
}
