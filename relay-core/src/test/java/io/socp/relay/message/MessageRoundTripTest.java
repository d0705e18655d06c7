package io.socp.relay.message;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.IdRule;
import io.socp.relay.message.ChannelMessage.PublicChannelAdd;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.PublicChannelUpdated;
import io.socp.relay.message.ChannelMessage.Wrap;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.ChatMessage.FileEnd;
import io.socp.relay.message.ChatMessage.FileStart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerAnnounce;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.message.MeshMessage.ServerHelloLink;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.NoticeMessage.Ack;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PresenceBatch.Added;
import io.socp.relay.message.PresenceBatch.Removed;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.ListedUser;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SessionMessage.UserWelcome;
import io.socp.relay.testing.EnvelopeBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageRoundTripTest {

    private static final long TS = 1_700_000_000_123L;
    private static final SealedText SEALED = new SealedText("c2VhbGVk", "pub", "sig");
    private static final JsonObject META =
            JsonObject.builder()
                    .put("display_name", "Älice \uD83D\uDE00")
                    .put("pubkey", ALICE.key().text())
                    .build();

    static Stream<SocpMessage> messages() {
        var rows = List.of(new KnownServer(B.id(), B.address(), B.key()));
        var wraps = List.of(new Wrap("m1", "k1"), new Wrap("m2", "k2"));
        var ext = JsonObject.builder().put("presence", "ask").build();
        return Stream.of(
                new ServerHelloJoin(A.id(), A.address(), A.key(), ext),
                new ServerHelloLink(A.id(), A.address(), A.key(), null),
                new ServerAnnounce(A.id(), A.address(), A.key(), ext),
                new ServerWelcome(A.id(), B.id(), A.key(), rows, ext),
                new ServerWelcome(A.id(), B.id(), null, List.of(), null),
                new Heartbeat(A.id()),
                new UserAdvertise(A.id(), ALICE.id(), A.id(), TS, ALICE.key(), META),
                new UserAdvertise(A.id(), ALICE.id(), A.id(), TS, null, JsonObject.EMPTY),
                new UserRemove(A.id(), ALICE.id(), A.id(), TS),
                new PresenceBatch(
                        A.id(),
                        A.id(),
                        TS,
                        List.of(
                                new Added(ALICE.id(), TS, ALICE.key(), META),
                                new Added(BOB.id(), 0, null, JsonObject.EMPTY)),
                        List.of(new Removed(BOB.id(), TS - 1)),
                        List.of(B.id())),
                new PresenceBatch(A.id(), A.id(), TS, List.of(), List.of(), List.of()),
                new UserHello(ALICE.id(), "test", ALICE.key(), BOB.key(), "Alice", ext),
                new UserHello(ALICE.id(), "", ALICE.key(), ALICE.key(), null, null),
                new UserWelcome(A.id(), A.key(), ext),
                new CtrlClose(),
                new CtrlClose(250L),
                new MsgDirect(ALICE.id(), BOB.id(), TS, SEALED),
                new MsgPublicChannel(ALICE.id(), "public", TS, SEALED),
                new ServerDeliver(A.id(), BOB.id(), ALICE.id(), TS, SEALED),
                new UserDeliver(A.id(), BOB.id(), ALICE.id(), TS, SEALED),
                new FileStart(ALICE.id(), "public", TS, "f", "a.txt", 0, "00ff", "dm", "sig"),
                new FileChunk(ALICE.id(), BOB.id().value(), TS, "f", 3, "c2VhbGVk", ""),
                new FileEnd(ALICE.id(), BOB.id().value(), TS, "f", ""),
                new PublicChannelAdd(A.id(), List.of("u1", "u2"), 7),
                new PublicChannelUpdated(A.id(), 8, wraps),
                new PublicChannelKeyShare(A.id().value(), wraps, "pub", "sig"),
                new Ack(A.id().value(), "ref"),
                new ErrorNotice(A.id().value(), "CODE_OF_THEIR_OWN", "why"),
                new ListRequest(""),
                new ListRequest(ALICE.id().value()),
                new ListResponse(
                        List.of(
                                new ListedUser("u1", "s1", "One"),
                                new ListedUser("u2", "s1", null)),
                        "u2"),
                new PubkeyRequest(BOB.id()),
                new PubkeyResponse(BOB.id(), BOB.key().text()));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldReadWhatWasWritten(SocpMessage message) {
        Envelope written = envelope(message);

        Parsing parsing =
                new MessageParser(IdRule.UUID_V4).parse(EnvelopeBuilder.decode(written.bytes()));

        assertThat(parsing).isEqualTo(new Parsing.Parsed(message));
    }

    @Test
    void shouldCoverEveryType() {
        var covered = messages().map(SocpMessage::type).collect(Collectors.toSet());

        assertThat(covered)
                .isEqualTo(
                        Arrays.stream(MessageType.values())
                                .filter(type -> type != MessageType.FOREIGN_QUERY)
                                .collect(Collectors.toSet()));
    }

    @Test
    void shouldWriteKeyOfAdvertisedUserWhereEitherReaderLooks() {
        var advertise =
                new UserAdvertise(A.id(), ALICE.id(), A.id(), TS, ALICE.key(), JsonObject.EMPTY);

        JsonObject payload = PayloadWriter.payload(advertise).members();

        assertThat(payload.get("pubkey")).isEqualTo(META.get("pubkey"));
        assertThat(((JsonObject) payload.get("meta")).get("pubkey")).isEqualTo(META.get("pubkey"));
    }

    @Test
    void shouldWriteNothingIntoHeartbeat() {
        assertThat(PayloadWriter.payload(new Heartbeat(A.id())).canonical())
                .asString()
                .isEqualTo("{}");
    }

    private static Envelope envelope(SocpMessage message) {
        return Envelope.of(
                message.type().name(),
                from(message),
                to(message),
                TS,
                PayloadWriter.payload(message),
                "");
    }

    private static String from(SocpMessage message) {
        return message instanceof ChatMessage.Authored
                ? ALICE.id().value()
                : switch (message) {
                    case UserHello _, ListRequest _, PubkeyRequest _ -> ALICE.id().value();
                    case SocpMessage _ -> A.id().value();
                };
    }

    private static String to(SocpMessage message) {
        return switch (message) {
            case FileStart _, MsgPublicChannel _ -> "public";
            case SocpMessage _ -> BOB.id().value();
        };
    }
}
