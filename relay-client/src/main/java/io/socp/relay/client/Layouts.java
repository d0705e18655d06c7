package io.socp.relay.client;

import io.socp.relay.identity.UserId;
import io.socp.relay.verify.ContentSignature;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which layout of the content signature each user takes. Confined to the client's queue.
 *
 * <p>Some clients verify only the layout they write themselves: so a user is written to in the
 * layout the user was last read in, or else the one the user's server hints at, or else the first.
 */
final class Layouts {

    /** Users remembered; those heard of longest ago are forgotten first. */
    static final int USERS_MAX = 4_096;

    private final Directory directory;
    private final Map<UserId, ContentSignature> seenByUser =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<UserId, ContentSignature> eldest) {
                    return size() > USERS_MAX;
                }
            };

    Layouts(Directory directory) {
        this.directory = directory;
    }

    /** A message of the user's has verified in this layout. */
    void onSeen(UserId author, ContentSignature layout) {
        seenByUser.put(author, layout);
    }

    ContentSignature of(UserId user) {
        ContentSignature seen = seenByUser.get(user);
        if (seen != null) {
            return seen;
        }
        Advertised said = directory.of(user);
        return said == null || said.layout() == null
                ? ContentSignature.CONCATENATED_TEXT
                : said.layout();
    }
}
