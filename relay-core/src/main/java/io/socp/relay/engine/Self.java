package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;

/**
 * This server as others see it, and frames in its name. Immutable.
 *
 * @param advertised where other servers can dial us
 */
@Immutable
public record Self(ServerId id, RsaPublicKey key, HostPort advertised) {

    /** The {@code to} of what is meant for all. */
    private static final String ALL = "*";

    /** Before our id, towards servers that know no other. */
    private static final String PREFIX = "server_";

    private static final JsonObject EXTENSIONS = JsonObject.builder().put("v", 1).build();
    private static final JsonObject EXTENSIONS_OVER_TLS =
            JsonObject.builder().put("v", 1).put("tls", true).build();

    /** What our greetings say of our extensions: see {@code docs/protocol.md}. */
    JsonObject extensions() {
        return advertised.overTls() ? EXTENSIONS_OVER_TLS : EXTENSIONS;
    }

    /** The same on a link, which may prove its frames. */
    JsonObject extensions(FrameProof frames) {
        return switch (frames) {
            case SIGNATURE -> extensions();
            case LINK ->
                    JsonObject.builder()
                            .putAll(extensions())
                            .put(LinkChallenge.FIELD, true)
                            .build();
        };
    }

    /** As the server at the other end of a link knows us: perhaps under a prefixed id. */
    Self towards(PeerDialect dialect) {
        boolean needsPrefix =
                dialect.manner() == PeerDialect.Manner.SERVER_PREFIXED
                        && !IdRule.hasServerPrefix(id.value());
        ServerId name = needsPrefix ? new ServerId(PREFIX + id) : id;
        return new Self(name, key.in(dialect.keys()), advertised);
    }

    /** Whether this is our id, or the one by which some servers know us. */
    boolean isCalled(String name) {
        return name.equals(id.value()) || name.equals(PREFIX + id);
    }

    OutboundFrame toAll(SocpMessage message, long ts) {
        return OutboundFrame.ofOurs(message, id.value(), ALL, ts);
    }

    OutboundFrame to(UserId user, SocpMessage message, long ts) {
        return OutboundFrame.ofOurs(message, id.value(), user.value(), ts);
    }

    OutboundFrame to(ServerId server, SocpMessage message, long ts) {
        return OutboundFrame.ofOurs(message, id.value(), server.value(), ts);
    }

    /** What needs no proof but the link: nobody believes more of it than the link's end. */
    OutboundFrame unsigned(String to, SocpMessage message, long ts) {
        return OutboundFrame.asReceived(
                Envelope.of(
                        message.type().name(),
                        id.value(),
                        to,
                        ts,
                        PayloadWriter.payload(message),
                        ""));
    }

    /** A greeting to a server whose id is not known yet (SOCP §8.1: {@code to} is its address). */
    OutboundFrame to(HostPort address, SocpMessage message, long ts) {
        return OutboundFrame.ofOurs(message, id.value(), address.toString(), ts);
    }

    /**
     * Tells an author that a message reached nobody. Not within the budget for errors: each stands
     * for one message that was accepted, and costs no more than its delivery would have.
     */
    RelayEffect notFound(LinkId link, UserId author, String recipient, Moment now) {
        ErrorNotice notice =
                new ErrorNotice(id.value(), ErrorCode.USER_NOT_FOUND.name(), recipient);
        return new RelayEffect.Send(link, to(author, notice, now.epochMs()));
    }

    RelayEffect error(LinkId link, String to, ErrorCode code, String detail, Moment now) {
        ErrorNotice notice = new ErrorNotice(id.value(), code.name(), detail);
        return new RelayEffect.SendError(
                link,
                OutboundFrame.ofOurs(notice, id.value(), to.isEmpty() ? ALL : to, now.epochMs()));
    }
}
