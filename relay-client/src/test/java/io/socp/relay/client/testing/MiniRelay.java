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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Just enough of a relay for clients to talk through, trusting everyone. Confined to the loop of
 * its server.
 */
public final class MiniRelay implements AutoCloseable {

    private record Member(UserHello hello, Connection connection) {}

    private enum Shares {
        ROUTED,
        DELAYED,
        LOST
    }

    private final MessageParser parser = new MessageParser(IdRule.LENIENT);
    private final TreeMap<UserId, Member> members = new TreeMap<>();
    private final Map<String, Integer> seenByType = new ConcurrentHashMap<>();
    private final Map<String, byte[]> lastByType = new ConcurrentHashMap<>();
    private final Set<UserId> hidden = ConcurrentHashMap.newKeySet();
    private final List<Runnable> late = new ArrayList<>();
    private volatile Shares shares = Shares.ROUTED;
    private final ScriptedServer server = ScriptedServer.start(this::onEnvelope);

    public URI uri() {
        return server.uri();
    }

    /** Channel keys come behind the messages they are for. */
    public void delaysShares() {
        shares = Shares.DELAYED;
    }

    /** Channel keys do not come. */
    public void losesShares() {
        shares = Shares.LOST;
    }

    /** From now on this user is advertised to nobody, but stands on the list. */
    public void hides(UserId user) {
        hidden.add(user);
    }

    /** The last frame of a type that came. */
    public byte[] lastSeen(String type) {
        return lastByType.get(type);
    }

    /** How many frames of a type have come. */
    public int seen(String type) {
        return seenByType.getOrDefault(type, 0);
    }

    private void onEnvelope(Connection connection, Envelope envelope) {
        lastByType.put(envelope.type(), envelope.bytes());
        seenByType.merge(envelope.type(), 1, Integer::sum);
        members.values().removeIf(this::hasLeft);
        if (!(parser.parse(envelope) instanceof Parsing.Parsed(SocpMessage message))) {
            throw new AssertionError("no message: " + envelope);
        }
        switch (message) {
            case UserHello hello -> onHello(new Member(hello, connection));
            case MsgDirect direct -> onDirect(direct, connection);
            case MsgPublicChannel _ -> {
                members.values().forEach(m -> m.connection().send(envelope));
                late.forEach(Runnable::run);
                late.clear();
            }
            case FilePart part when part.to().equals("public") ->
                    members.values().forEach(m -> m.connection().send(envelope));
            case FilePart part -> passOn(part, envelope, connection);
            case PublicChannelKeyShare share -> onShare(share, envelope);
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
        members.values().stream()
                .filter(other -> !hidden.contains(other.hello().user()))
                .forEach(other -> member.connection().send(advertise(other)));
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

    private void onShare(PublicChannelKeyShare share, Envelope envelope) {
        share.shares().stream()
                .map(row -> members.get(new UserId(row.member())))
                .filter(Objects::nonNull)
                .forEach(m -> late.add(() -> m.connection().send(envelope)));
        if (shares != Shares.DELAYED) {
            if (shares == Shares.ROUTED) {
                late.forEach(Runnable::run);
            }
            late.clear();
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

    /** Noticed with the next frame of anyone; nobody is told. */
    private boolean hasLeft(Member member) {
        return !member.connection().isOpen();
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
