package io.socp.relay.client.testing;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.ListedUser;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SocpMessage;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Just enough of a relay for clients to talk through, trusting everyone. Confined to the loop of
 * its server.
 */
public final class MiniRelay implements AutoCloseable {

    private record Member(UserHello hello, Connection connection) {}

    private final MessageParser parser = new MessageParser(IdRule.LENIENT);
    private final TreeMap<UserId, Member> members = new TreeMap<>();
    private final ScriptedServer server = ScriptedServer.start(this::onEnvelope);

    public URI uri() {
        return server.uri();
    }

    private void onEnvelope(Connection connection, Envelope envelope) {
        if (!(parser.parse(envelope) instanceof Parsing.Parsed(SocpMessage message))) {
            throw new AssertionError("no message: " + envelope);
        }
        switch (message) {
            case UserHello hello -> onHello(new Member(hello, connection));
            case MsgDirect direct -> onDirect(direct, connection);
            case MsgPublicChannel _ -> members.values().forEach(m -> m.connection().send(envelope));
            case FilePart part when part.to().equals("public") ->
                    members.values().forEach(m -> m.connection().send(envelope));
            case FilePart part -> passOn(part, envelope, connection);
            case PublicChannelKeyShare share ->
                    share.shares().stream()
                            .map(row -> members.get(new UserId(row.member())))
                            .filter(Objects::nonNull)
                            .forEach(m -> m.connection().send(envelope));
            case ListRequest _ -> connection.send(list(envelope.from()));
            case PubkeyRequest request -> {
                Member member = members.get(request.user());
                String key = member == null ? "" : member.hello().key().text();
                connection.send(
                        ServerFrames.signed(
                                new PubkeyResponse(request.user(), key),
                                envelope.from(),
                                ServerFrames.TS));
            }
            default -> throw new AssertionError("not for a relay: " + envelope);
        }
    }

    private void onHello(Member member) {
        UserHello hello = member.hello();
        member.connection().send(ServerFrames.welcome(hello.user()));
        members.values().forEach(other -> member.connection().send(advertise(other)));
        members.values().forEach(other -> other.connection().send(advertise(member)));
        members.put(hello.user(), member);
    }

    private void onDirect(MsgDirect direct, Connection sender) {
        Member member = members.get(direct.recipient());
        if (member == null || !member.connection().isOpen()) {
            sender.send(
                    ServerFrames.error(
                            direct.author(), "USER_NOT_FOUND", direct.recipient().value()));
        } else {
            member.connection()
                    .send(
                            ServerFrames.deliver(
                                    direct.recipient(),
                                    direct.author(),
                                    direct.ts(),
                                    direct.sealed()));
        }
    }

    private void passOn(FilePart part, Envelope envelope, Connection sender) {
        Member member = members.get(new UserId(part.to()));
        if (member == null || !member.connection().isOpen()) {
            sender.send(ServerFrames.error(part.author(), "USER_NOT_FOUND", part.to()));
        } else {
            member.connection().send(envelope);
        }
    }

    private Envelope list(String to) {
        List<ListedUser> rows =
                members.values().stream()
                        .map(Member::hello)
                        .map(hello ->
                                new ListedUser(
                                        hello.user().value(),
                                        ServerFrames.ID.value(),
                                        hello.displayName()))
                        .toList();
        return ServerFrames.signed(new ListResponse(rows, ""), to, ServerFrames.TS);
    }

    private static Envelope advertise(Member member) {
        UserHello hello = member.hello();
        JsonObject ext = hello.extensions() == null ? JsonObject.EMPTY : hello.extensions();
        JsonObject.Builder meta = JsonObject.builder().put("ext", ext);
        if (hello.displayName() != null) {
            meta.put("display_name", hello.displayName());
        }
        return ServerFrames.advertised(hello.user(), meta.build(), hello.key());
    }

    @Override
    public void close() {
        server.close();
    }
}
