package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.sign.OutboundFrame;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/**
 * The frames in which other servers have told us of their users, as they signed them: replayed in
 * this order they say who is there. Event-loop confined to the mesh loop.
 *
 * <p>What says nothing any more is dropped: the frame of a single user when something else is said
 * of him, the others now and then, and all of it when users have gone without a word of their home.
 * So a single user's frame is one that the directory holds anyway; the others are bounded by {@link
 * #BATCH_BYTES_MAX}.
 */
@EventLoopConfined
final class PresenceLog {

    /** Of all batches and removals; at the bound the server with most loses its oldest. */
    static final int BATCH_BYTES_MAX = 32 * 1024 * 1024;

    /** Frames of a server above which it is looked at whether they still say anything. */
    private static final int TIDY_AT = 64;

    private final UserDirectory directory;
    private final int bytesMax;
    private final Map<ServerId, Pages> byHome = new HashMap<>();
    private long bytes;
    private long forgotten;

    /**
     * A frame, and what it says.
     *
     * @param bytes none where the directory holds the very same frame
     */
    record Page(OutboundFrame frame, int bytes, List<Said> added, List<UserId> removed) {
        Page {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }

        private boolean isOfOne() {
            return added.size() == 1 && removed.isEmpty();
        }
    }

    /** That the user is there, since then. */
    record Said(UserId user, long ts) {}

    /**
     * What says who is at one server.
     *
     * @param ghosts users in these frames who are gone without a word of their home
     */
    record Story(List<OutboundFrame> frames, List<UserId> ghosts) {}

    private static final class Pages {
        private final SequencedSet<Page> pages = new LinkedHashSet<>();

        /** Of these, the one that speaks of this user alone. */
        private final Map<UserId, Page> ofOne = new HashMap<>();

        private long bytes;
        private int tidyAt = TIDY_AT;

        void add(Page page) {
            pages.add(page);
            bytes += page.bytes();
            if (page.isOfOne()) {
                ofOne.put(page.added().getFirst().user(), page);
            }
        }

        void remove(Page page) {
            pages.remove(page);
            bytes -= page.bytes();
            if (page.isOfOne()) {
                ofOne.remove(page.added().getFirst().user(), page);
            }
        }
    }

    PresenceLog(UserDirectory directory) {
        this(directory, BATCH_BYTES_MAX);
    }

    PresenceLog(UserDirectory directory, int bytesMax) {
        this.directory = directory;
        this.bytesMax = bytesMax;
    }

    /** The server has said something of its users; to be called when that is applied. */
    void add(ServerId home, Page page) {
        Pages of = byHome.computeIfAbsent(home, _ -> new Pages());
        page.added().forEach(said -> dropSpent(of, said.user(), home));
        page.removed().forEach(user -> dropSpent(of, user, home));
        of.add(page);
        bytes += page.bytes();
        if (of.pages.size() >= of.tidyAt) {
            tidy(home);
        }
        while (bytes > bytesMax) {
            forgetOldest();
        }
    }

    /** Users of the server are gone without a word of it. */
    void onGone(ServerId home) {
        tidy(home);
    }

    /** All that is to be replayed of this server. */
    Story of(ServerId home) {
        Set<UserId> ghosts = tidy(home);
        Pages of = byHome.get(home);
        return of == null
                ? new Story(List.of(), List.of())
                : new Story(of.pages.stream().map(Page::frame).toList(), List.copyOf(ghosts));
    }

    /** Frames that had to make room though they still said something. */
    long forgotten() {
        return forgotten;
    }

    /** Bytes held of batches and removals. */
    long bytes() {
        return bytes;
    }

    /** Frames held. */
    int size() {
        return byHome.values().stream().mapToInt(of -> of.pages.size()).sum();
    }

    /** What was said of this user alone, unless it still holds. */
    private void dropSpent(Pages of, UserId user, ServerId home) {
        Page known = of.ofOne.get(user);
        if (known != null && !isThere(known.added().getFirst(), home)) {
            of.remove(known);
            bytes -= known.bytes();
        }
    }

    /** Drops what says nothing; returns whom the rest names though they are gone. */
    private Set<UserId> tidy(ServerId home) {
        Pages of = byHome.get(home);
        Set<UserId> ghosts = new HashSet<>();
        if (of == null) {
            return ghosts;
        }
        for (Page page : List.copyOf(of.pages)) {
            boolean isNeeded = page.added().stream().anyMatch(said -> isThere(said, home));
            for (UserId gone : page.removed()) {
                isNeeded |= ghosts.remove(gone);
            }
            if (!isNeeded) {
                of.remove(page);
                bytes -= page.bytes();
            } else {
                for (Said said : page.added()) {
                    if (isThere(said, home)) {
                        ghosts.remove(said.user());
                    } else if (!isAtHome(said.user(), home)) {
                        ghosts.add(said.user());
                    }
                }
            }
        }
        of.tidyAt = Math.max(TIDY_AT, 2 * of.pages.size());
        if (of.pages.isEmpty()) {
            byHome.remove(home);
        }
        return ghosts;
    }

    private boolean isThere(Said said, ServerId home) {
        PresentUser user = directory.find(said.user());
        return user != null && user.advertisedTs() == said.ts() && isAt(user, home);
    }

    private boolean isAtHome(UserId user, ServerId home) {
        PresentUser present = directory.find(user);
        return present != null && isAt(present, home);
    }

    private static boolean isAt(PresentUser user, ServerId home) {
        return user.location() instanceof UserLocation.Remote(ServerId at) && at.equals(home);
    }

    private void forgetOldest() {
        Optional<Map.Entry<ServerId, Pages>> largest =
                byHome.entrySet().stream().max(Comparator.comparingLong(e -> e.getValue().bytes));
        if (largest.isEmpty() || largest.get().getValue().bytes == 0) {
            throw new IllegalStateException("the sum is larger than its parts");
        }
        Pages of = largest.get().getValue();
        Page oldest = of.pages.getFirst();
        of.remove(oldest);
        bytes -= oldest.bytes();
        forgotten++;
        if (of.pages.isEmpty()) {
            byHome.remove(largest.get().getKey());
        }
    }
}
