package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserLocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Servers' claims to users whom another, living server still hosts. Event-loop confined to the mesh
 * loop.
 *
 * <p>Id and key of a user are public, so an advertisement alone must not move anyone. When a user
 * really has moved, the old home says so itself, perhaps a moment later than the new one: until
 * then the claim waits here.
 */
@EventLoopConfined
final class Claims {

    /** Claims that wait; the oldest gives way. */
    static final int CLAIMS_MAX = 10_000;

    private final Map<UserId, Claim> waiting = new LinkedHashMap<>();

    /**
     * A claim.
     *
     * @param user as claimed
     * @param spread how that is passed on once it counts
     * @param saidNs when it was made last, monotonic
     */
    record Claim(PresentUser user, Spread spread, long saidNs) {
        UserAdvertise said() {
            return user.advertisement().statement();
        }
    }

    void add(Claim claim) {
        UserId user = claim.user().user();
        if (waiting.size() >= CLAIMS_MAX && !waiting.containsKey(user)) {
            waiting.remove(waiting.keySet().iterator().next());
        }
        // The first counts until it is withdrawn; of one server, its latest word.
        Claim earlier = waiting.get(user);
        if (earlier == null || isOf(claim, earlier)) {
            waiting.put(user, claim);
        }
    }

    private static boolean isOf(Claim claim, Claim earlier) {
        return claim.user().location().equals(earlier.user().location());
    }

    /** The server no longer hosts the user, if it ever did. */
    void withdraw(UserId user, ServerId server) {
        Claim claim = waiting.get(user);
        if (claim != null
                && claim.user().location() instanceof UserLocation.Remote(ServerId home)
                && home.equals(server)) {
            waiting.remove(user);
        }
    }

    /** What the server has not said again since then does not count any more. */
    void forget(ServerId server, long sinceNs) {
        waiting.values()
                .removeIf(c -> c.said().server().equals(server) && c.saidNs() - sinceNs < 0);
    }

    /** The claims that count now. */
    List<Claim> takeIf(Predicate<Claim> condition) {
        List<Claim> taken = waiting.values().stream().filter(condition).toList();
        taken.forEach(claim -> waiting.remove(claim.user().user()));
        return taken;
    }

    /** The claim to a user whose home has let go. */
    Optional<Claim> take(UserId user) {
        return Optional.ofNullable(waiting.remove(user));
    }
}
