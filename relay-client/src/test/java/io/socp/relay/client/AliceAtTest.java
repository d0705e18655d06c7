package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.ClientEvent.Ready;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Connection;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.time.Moment;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Alice's client and the server it talks to, for one test. Used by the test's thread. */
final class AliceAtTest implements AutoCloseable {

    private final ScriptedServer server = ScriptedServer.silent();
    private final Events events = new Events();
    private final PinnedKeys pins = PinnedKeys.inMemory();
    private Duration silence = Duration.ofHours(1);
    private Duration patience = Duration.ofSeconds(10);
    private FileOptions files = FileOptions.NONE;
    private ReturnOptions returns = ReturnOptions.NEVER;
    private Connection connection;

    Events events() {
        return events;
    }

    PinnedKeys pins() {
        return pins;
    }

    /** The server's side of the connection. */
    Connection connection() {
        return connection;
    }

    void waitsForSilence(Duration changed) {
        silence = changed;
    }

    void waitsForAnswers(Duration changed) {
        patience = changed;
    }

    /** Takes files from now on. */
    void downloadsTo(Path directory) {
        files = FileOptions.into(directory);
    }

    /** Comes back when the connection is lost, here or there. */
    void returnsTo(URI... elsewhere) {
        returns = ReturnOptions.to(List.of(elsewhere));
    }

    /** Connected, the hello perhaps on its way; Alice's clock stands still. */
    CompletableFuture<SocpClient> connecting() throws InterruptedException {
        ClientIdentity alice =
                new ClientIdentity(Actors.ALICE, TestKeys.ALICE.identity(), "Alice", pins);
        ClientOptions options =
                new ClientOptions(
                                SessionOptions.to(server.uri()).withSilence(silence),
                                patience,
                                () -> new Moment(0, ServerFrames.TS))
                        .withFiles(files)
                        .returning(returns);
        CompletableFuture<SocpClient> client = SocpClient.connect(alice, options, events);
        connection = server.connection();
        return client;
    }

    /** The hello has come. */
    CompletableFuture<SocpClient> greeted() throws InterruptedException {
        CompletableFuture<SocpClient> client = connecting();
        connection.next();
        return client;
    }

    /** Welcomed by a server that answers lists and key requests. */
    SocpClient ready() throws Exception {
        return ready(JsonObject.builder().put("list", true).put("key", true).build());
    }

    SocpClient ready(JsonObject extensions) throws Exception {
        CompletableFuture<SocpClient> client = greeted();
        connection.send(ServerFrames.welcome(Actors.ALICE, extensions));
        events.next(Ready.class);
        return client.get(10, SECONDS);
    }

    @Override
    public void close() {
        server.close();
    }

    /** A delivery from Bob, or from who says so. */
    static Envelope deliver(Sealer author, String text, long ts) {
        return ServerFrames.deliver(Actors.ALICE, Actors.BOB, ts, sealed(author, text, ts));
    }

    static SealedText sealed(Sealer author, String text, long ts) {
        return author.direct(text, Actors.ALICE, TestKeys.ALICE.publicKey(), ts);
    }

    static Envelope response(UserId user, String key) {
        return ServerFrames.signed(
                new PubkeyResponse(user, key), Actors.ALICE.value(), ServerFrames.TS);
    }

    static SocpMessage message(Envelope envelope) {
        Parsing parsing = new MessageParser(IdRule.LENIENT).parse(envelope);
        return ((Parsing.Parsed) parsing).message();
    }

    static void assertFailsWith(CompletableFuture<?> future, String code) {
        ThrowingCallable get = () -> future.get(10, SECONDS);
        assertThatThrownBy(get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SocpException.class, failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
