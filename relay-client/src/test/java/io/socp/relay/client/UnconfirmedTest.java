package io.socp.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.session.Priority;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.testing.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Messages for which there is no connection. */
class UnconfirmedTest {

    private final VirtualClock clock = new VirtualClock();
    private final List<ClientEvent> events = new ArrayList<>();
    private final Unconfirmed unconfirmed =
            new Unconfirmed(true, new Turns(Runnable::run), clock, events::add);

    @Test
    void shouldKeepMessagesUpToTheBoundAndThenTheNewestOnes() {
        for (int i = 0; i < Unconfirmed.MESSAGES_MAX; i++) {
            var _ = send();
        }
        int atTheBound = unconfirmed.size();

        var _ = send();

        assertThat(atTheBound).isEqualTo(Unconfirmed.MESSAGES_MAX);
        assertThat(unconfirmed.size()).isEqualTo(Unconfirmed.MESSAGES_MAX);
    }

    @Test
    void shouldGiveUpWhatOthersWouldTakeForARepetitionAndSaySo() {
        CompletableFuture<Void> sent = send();
        clock.advanceMs(Unconfirmed.FRESH.toMillis() + 1);

        unconfirmed.onReady(null);

        AliceAtTest.assertFailsWith(sent, "CLOSED");
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        ClientEvent.ClientError.class,
                        error -> assertThat(error.code()).isEqualTo(ClientErrorCode.UNCONFIRMED));
        assertThat(unconfirmed.size()).isZero();
    }

    @Test
    void shouldFailWhatIsLeftWhenThereIsNoOtherConnection() {
        CompletableFuture<Void> sent = send();

        unconfirmed.onEnd(new SocpException(ClientErrorCode.CLOSED, "over"));

        AliceAtTest.assertFailsWith(sent, "CLOSED");
    }

    private CompletableFuture<Void> send() {
        Envelope message =
                Envelope.of(
                        "MSG_DIRECT",
                        Actors.ALICE.value(),
                        Actors.BOB.value(),
                        clock.now().epochMs(),
                        Payload.of(JsonObject.EMPTY),
                        "");
        return unconfirmed.send(null, message, Priority.DIRECT);
    }
}
