package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.PresenceChange;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What came of one frame of presence: how much was news, and how much no home should say.
 * Event-loop confined to the mesh loop.
 */
@EventLoopConfined
final class PresenceTally {

    private final ServerId home;
    private final UserDirectory directory;
    private final Map<Offence, Integer> times = new EnumMap<>(Offence.class);
    private final Map<Offence, String> texts = new EnumMap<>(Offence.class);
    private boolean hasNews;
    private boolean isFull;

    /** An offence, how often, and a sentence about it. */
    record Entry(Offence offence, int times, String text) {}

    /** Of a frame that speaks of the users of {@code home}. */
    PresenceTally(ServerId home, UserDirectory directory) {
        this.home = home;
        this.directory = directory;
    }

    ServerId home() {
        return home;
    }

    /** Counts what comes of an advertisement. */
    void onAdvertise(PresentUser user, Supplier<PresenceChange> learning) {
        boolean wasHere = isHere(user.user());
        String claim = " claims user " + user.user() + ", who is online elsewhere: ignored";
        switch (learning.get()) {
            case APPLIED -> {
                hasNews = true;
                if (wasHere) {
                    count(Offence.CHANGES_PRESENCE, " says something else of its users");
                }
            }
            case CLAIMED -> {
                hasNews = true;
                count(Offence.CLAIMS_FOREIGN_USER, claim);
            }
            case CONFLICT -> count(Offence.CLAIMS_FOREIGN_USER, claim);
            case BEYOND_SHARE ->
                    count(Offence.TOO_MANY_USERS, " has more users than one server may have");
            case FULL -> isFull = true;
            case CONFIRMED, STALE -> {}
        }
    }

    /** Counts what comes of a removal. */
    void onRemove(UserId user, Supplier<PresenceChange> forgetting) {
        boolean isElsewhere = !isHere(user) && directory.find(user) != null;
        if (forgetting.get() == PresenceChange.APPLIED) {
            hasNews = true;
            count(Offence.CHANGES_PRESENCE, " removes its users");
        } else if (isElsewhere) {
            count(
                    Offence.REMOVES_FOREIGN_USER,
                    " removes user " + user + ", who is online elsewhere: ignored");
        }
    }

    /** Whether anything was news, for others too. */
    boolean hasNews() {
        return hasNews;
    }

    /** Whether there was no room for someone. */
    boolean isFull() {
        return isFull;
    }

    /** What the home did wrong, should it be the one who said all that. */
    List<Entry> offences() {
        if (!hasNews && !isFull && times.isEmpty()) {
            return List.of(
                    new Entry(
                            Offence.REPEATS_PRESENCE,
                            1,
                            "server " + home + " repeats what it has said of its users"));
        }
        return times.keySet().stream().map(this::entry).toList();
    }

    private Entry entry(Offence offence) {
        int count = times.getOrDefault(offence, 0);
        String others = count == 1 ? "" : ", and " + (count - 1) + " more";
        // All users of a relay that hangs may turn up elsewhere at once: a frame is what counts.
        boolean isOneClaim =
                offence == Offence.CLAIMS_FOREIGN_USER || offence == Offence.REMOVES_FOREIGN_USER;
        String text = "server " + home + texts.get(offence) + others;
        return new Entry(offence, isOneClaim ? 1 : count, text);
    }

    private boolean isHere(UserId user) {
        return directory.locate(user) instanceof UserLocation.Remote(ServerId host)
                && host.equals(home);
    }

    private void count(Offence offence, String text) {
        times.merge(offence, 1, Integer::sum);
        texts.putIfAbsent(offence, text);
    }
}
