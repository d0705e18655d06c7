package io.socp.relay.engine;

import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.identity.LinkId;
import io.socp.relay.limit.Bans;
import io.socp.relay.limit.Bans.Kind;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bans as they concern who introduces himself on a link. Thread-safe, as they are. */
@ThreadSafe
final class EntryBans {

    private final Bans bans;

    EntryBans(Bans bans) {
        this.bans = bans;
    }

    /**
     * What shuts out whoever introduces himself by this; null for nothing. Who is known already may
     * pass on the greeting of another.
     */
    Bans.@Nullable Ban of(SocpMessage message, Moment now) {
        return switch (message) {
            case UserHello hello -> bans.find(Kind.USER, hello.user().value(), now.epochMs());
            case Greeting greeting ->
                    bans.find(Kind.SERVER, greeting.server().value(), now.epochMs());
            case ServerWelcome welcome ->
                    bans.find(Kind.SERVER, welcome.server().value(), now.epochMs());
            case SocpMessage _ -> null;
        };
    }

    /** The close says all: no code of the standard's errors does. */
    static Intake shutOut(Bans.Ban ban, LinkId source) {
        return new Intake.Ended(
                new Outcome(
                        Verdict.REFUSED,
                        List.of(
                                new Close(
                                        source,
                                        CloseReason.POLICY,
                                        ban.subject().kind().word() + " is banned"))));
    }
}
