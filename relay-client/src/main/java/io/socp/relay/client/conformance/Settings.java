package io.socp.relay.client.conformance;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which server is tried for what. Immutable.
 *
 * @param pinned the server's key as a bootstrap file would pin it; null to take the one it shows
 * @param chosen of clause ids
 */
@Immutable
public record Settings(
        URI url, Times times, @Nullable RsaPublicKey pinned, Predicate<String> chosen) {

    /**
     * How long the kit waits.
     *
     * @param answer for what must come
     * @param quiet after the last sign of work, for what must not come
     * @param heartbeat longest time between two heartbeats
     * @param silence after which a silent server must have been given up
     */
    public record Times(Duration answer, Duration quiet, Duration heartbeat, Duration silence) {

        /** SOCP §11: 15 s and 45 s, with room for timers that look every few seconds. */
        public static Times standard(Duration answer) {
            return new Times(
                    answer, Duration.ofMillis(250), Duration.ofSeconds(17), Duration.ofSeconds(50));
        }
    }

    /** Every clause, against the key the server shows. */
    public static Settings of(URI url, Duration answer) {
        return new Settings(url, Times.standard(answer), null, _ -> true);
    }

    public Settings with(RsaPublicKey key) {
        return new Settings(url, times, key, chosen);
    }

    public Settings only(Predicate<String> wanted) {
        return new Settings(url, times, pinned, wanted);
    }
}
