package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientEvent.Closed;
import io.socp.relay.client.ClientEvent.DirectMessage;
import io.socp.relay.client.ClientEvent.Ready;
import io.socp.relay.client.ClientEvent.Reconnecting;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Connection;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.message.SessionMessage.CtrlClose;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Alice's connection ends, and there is another server; both are the test's. Real sockets. */
@Timeout(60)
class SocpClientReturnTest {

    private final AliceAtTest alice = new AliceAtTest();
    private final Events events = alice.events();
    private final ScriptedServer other = ScriptedServer.silent();
    private SocpClient client;

    @BeforeEach
    void start() throws Exception {
        alice.returnsTo(other.uri());
        client = alice.ready();
    }

    @AfterEach
    void stop() {
        client.close();
        alice.close();
        other.close();
    }

    @Test
    void shouldSayThatItWantsToKnowWhenToComeBack() throws Exception {
        alice.connection().cut();

        Envelope hello = other.connection().next();

        var extensions = (JsonObject) hello.payload().members().get("ext");
        assertThat(extensions.get("reconnect")).isEqualTo(JsonLiteral.TRUE);
    }

    @Test
    void shouldGoElsewhereWhenTheServerSaid() throws Exception {
        goodbye(3);

        assertThat(events.next(Reconnecting.class))
                .satisfies(e -> assertThat(e.server()).isEqualTo(other.uri()))
                .satisfies(e -> assertThat(e.pauseMs()).isEqualTo(3))
                .satisfies(e -> assertThat(e.reason()).contains("1012"));
        welcomed();
        assertThat(events.next()).isInstanceOf(Ready.class);
    }

    @Test
    void shouldSendAgainWhatNoServerHasConfirmed() throws Exception {
        Envelope sent = tellAll("perhaps lost");
        alice.connection().cut();

        Connection next = welcomed();

        assertThat(next.next("MSG_PUBLIC_CHANNEL").bytes()).isEqualTo(sent.bytes());
    }

    @Test
    void shouldKeepCallsUntilItIsBack() throws Exception {
        alice.connection().cut();
        events.next(Reconnecting.class);

        CompletableFuture<Sent> sent = client.sendPublic("meanwhile");
        Connection next = welcomed();

        next.next("MSG_PUBLIC_CHANNEL");
        assertThat(sent.get(10, SECONDS).state()).isEqualTo(Sent.State.ACCEPTED);
    }

    @Test
    void shouldShowAMessageOnceThatComesByTwoServers() throws Exception {
        Sealer bob = Actors.bob();
        Envelope message = AliceAtTest.deliver(bob, "hello", ServerFrames.TS);
        alice.connection().send(message);
        events.next(DirectMessage.class);
        alice.connection().cut();

        Connection next = welcomed();
        next.send(message);
        next.send(AliceAtTest.deliver(bob, "news", ServerFrames.TS + 1));

        assertThat(events.next(DirectMessage.class).text()).isEqualTo("news");
    }

    @Test
    void shouldStayAwayWhenItWasThrownOut() throws Exception {
        alice.connection().close(1008, "kicked");

        assertThat(events.next()).isInstanceOf(Closed.class);
        client.closed().get(10, SECONDS);
    }

    @Test
    void shouldEndAtOnceWhenToldToWhileItIsAway() throws Exception {
        alice.connection().cut();
        events.next(Reconnecting.class);
        other.close();

        client.close();

        events.next(Closed.class);
        client.closed().get(10, SECONDS);
    }

    private Envelope tellAll(String text) throws Exception {
        var _ = client.sendPublic(text);
        return alice.connection().next("MSG_PUBLIC_CHANNEL");
    }

    private void goodbye(long retryMs) {
        alice.connection()
                .send(
                        ServerFrames.unsigned(
                                new CtrlClose(retryMs), Actors.ALICE.value(), ServerFrames.TS));
        alice.connection().close(1012, "relay is stopping");
    }

    private Connection welcomed() throws InterruptedException {
        Connection next = other.connection();
        next.next();
        next.send(ServerFrames.welcome(Actors.ALICE, JsonObject.EMPTY));
        return next;
    }
}
