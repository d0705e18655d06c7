package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.Dialect.Manner;
import io.socp.relay.dialect.ForeignRequest;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.QueryMessage.ForeignQuery;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.ListedUser;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation.Local;
import io.socp.relay.presence.UserLocation.Remote;
import io.socp.relay.presence.UserLocation.Unknown;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients ask about who is online: ours in pages, others in their own words.
 * Thread-safe: reads the directory.
 *
 * <p>A page has at most {@link #PAGE_USERS_MAX} users, so that no frame grows with their number.
 */
@ThreadSafe
final class DirectoryQueries {

    /** Users on one page: about 40 KiB of ids and names, 150 KiB with the longest. */
    static final int PAGE_USERS_MAX = 300;

    private final Self self;
    private final UserDirectory directory;
    private final LinkDialects dialects;

    DirectoryQueries(Self self, UserDirectory directory, LinkDialects dialects) {
        this.self = self;
        this.directory = directory;
        this.dialects = dialects;
    }

    RelayEffect answer(QueryMessage query, Admitted admitted, LinkId source, Moment now) {
        UserId asking = new UserId(admitted.envelope().from());
        Dialect dialect = dialectOf(source, admitted.link());
        if (dialect.manner() == Manner.OWN && !(query instanceof ForeignQuery)) {
            return new Send(source, self.to(asking, ownAnswer(query), now.epochMs()));
        }
        ForeignRequest request =
                ForeignRequest.ofType(admitted.envelope().type())
                        .orElseThrow(() -> new IllegalStateException("not a question"));
        JsonObject fields = admitted.envelope().payload().members();
        return new Send(
                source,
                OutboundFrame.ofOurs(
                        request.answerType(),
                        foreignAnswer(request, fields, dialect),
                        self.towards(dialects.ofPeer(source)).id().value(),
                        asking.value(),
                        now.epochMs()));
    }

    /** A server that asks reads keys as it writes its own. */
    private Dialect dialectOf(LinkId source, LinkIdentity asking) {
        return asking instanceof LinkIdentity.Server
                ? new Dialect(dialects.ofPeer(source).keys(), Manner.STANDARD)
                : dialects.of(source);
    }

    private SocpMessage ownAnswer(QueryMessage query) {
        return switch (query) {
            case ListRequest request -> list(request);
            case PubkeyRequest request -> key(request);
            case ForeignQuery _, ListResponse _, PubkeyResponse _ ->
                    throw new IllegalStateException("not a question of ours");
        };
    }

    private Payload foreignAnswer(ForeignRequest request, JsonObject fields, Dialect dialect) {
        return switch (request) {
            case ForeignRequest.ListUsers list ->
                    ForeignRequest.answer(
                            list,
                            directory.pageAfter("", ForeignRequest.limit(list)).stream()
                                    .map(user -> listed(user, dialect))
                                    .toList());
            case ForeignRequest.FindKey find -> {
                String wanted =
                        fields.get(find.userField()) instanceof JsonText(String text) ? text : "";
                yield ForeignRequest.answer(find, fields, keyText(wanted, dialect));
            }
        };
    }

    private ForeignRequest.Listed listed(PresentUser user, Dialect dialect) {
        RsaPublicKey key = user.key();
        return new ForeignRequest.Listed(
                user.user().value(), homeOf(user), () -> key == null ? "" : dialect.text(key));
    }

    private @Nullable String keyText(String user, Dialect dialect) {
        if (!IdRule.LENIENT.accepts(user)) {
            return null;
        }
        PresentUser present = directory.find(new UserId(user));
        RsaPublicKey key = present == null ? null : present.key();
        return key == null ? null : dialect.text(key);
    }

    private ListResponse list(ListRequest request) {
        List<PresentUser> page = directory.pageAfter(request.after(), PAGE_USERS_MAX);
        String next = page.size() == PAGE_USERS_MAX ? page.getLast().user().value() : "";
        return new ListResponse(page.stream().map(this::listed).toList(), next);
    }

    private ListedUser listed(PresentUser user) {
        return new ListedUser(user.user().value(), homeOf(user), user.displayName());
    }

    private String homeOf(PresentUser user) {
        return switch (user.location()) {
            case Local _ -> self.id().value();
            case Remote(var home) -> home.value();
            case Unknown() -> "";
        };
    }

    private PubkeyResponse key(PubkeyRequest request) {
        PresentUser user = directory.find(request.user());
        RsaPublicKey key = user == null ? null : user.key();
        return new PubkeyResponse(request.user(), key == null ? "" : key.text());
    }
}
