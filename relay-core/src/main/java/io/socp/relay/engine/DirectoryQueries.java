package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.QueryMessage;
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
import io.socp.relay.time.Moment;
import java.util.List;

/**
 * Answers what our clients ask about who is online. Thread-safe: reads the directory.
 *
 * <p>A page has at most {@link #PAGE_USERS_MAX} users, so that no frame grows with their number.
 */
@ThreadSafe
final class DirectoryQueries {

    /** Users on one page: about 60 KiB of ids and names. */
    static final int PAGE_USERS_MAX = 500;

    private final Self self;
    private final UserDirectory directory;

    DirectoryQueries(Self self, UserDirectory directory) {
        this.self = self;
        this.directory = directory;
    }

    RelayEffect answer(QueryMessage query, Admitted admitted, LinkId source, Moment now) {
        SocpMessage answer =
                switch (query) {
                    case ListRequest request -> list(request);
                    case PubkeyRequest request -> key(request);
                    case ListResponse _, PubkeyResponse _ ->
                            throw new IllegalStateException("an answer was vetted as a question");
                };
        return new Send(
                source, self.to(new UserId(admitted.envelope().from()), answer, now.epochMs()));
    }

    private ListResponse list(ListRequest request) {
        List<PresentUser> page = directory.pageAfter(request.after(), PAGE_USERS_MAX);
        String next =
                page.size() == PAGE_USERS_MAX ? page.getLast().user().value() : "";
        return new ListResponse(page.stream().map(this::listed).toList(), next);
    }

    private ListedUser listed(PresentUser user) {
        String server =
                switch (user.location()) {
                    case Local _ -> self.id().value();
                    case Remote(var home) -> home.value();
                    case Unknown() -> "";
                };
        return new ListedUser(user.user().value(), server, user.displayName());
    }

    private PubkeyResponse key(PubkeyRequest request) {
        PresentUser user = directory.find(request.user());
        RsaPublicKey key = user == null ? null : user.key();
        return new PubkeyResponse(request.user(), key == null ? "" : key.text());
    }
}
