package io.socp.relay.engine;

import io.socp.relay.identity.IdRule;
import io.socp.relay.mesh.Backoff;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.ContentCheck;
import java.time.Duration;

/**
 * The engine's times and bounds. Immutable.
 *
 * @param idRule which ids are accepted
 * @param clockSkewMax how far a frame's {@code ts} may lie from our clock
 * @param seenTtl how long an admitted message is remembered; longer than twice the skew
 * @param seenMax how many are remembered
 * @param usersMax users online in the whole network
 * @param mesh the mesh's timers
 * @param content whether messages on links that prove their author are checked again
 * @param tracedMax steps of messages that are remembered for operators; 0 for none
 */
@Immutable
public record EngineSettings(
        IdRule idRule,
        Duration clockSkewMax,
        Duration seenTtl,
        long seenMax,
        int usersMax,
        MeshTimers mesh,
        ContentCheck content,
        int tracedMax) {

    /** Steps of messages that are remembered when nothing is configured: 4 MB. */
    public static final int TRACED_MAX = 65_536;

    public EngineSettings(
            IdRule idRule,
            Duration clockSkewMax,
            Duration seenTtl,
            long seenMax,
            int usersMax,
            MeshTimers mesh) {
        this(
                idRule,
                clockSkewMax,
                seenTtl,
                seenMax,
                usersMax,
                mesh,
                ContentCheck.ALWAYS,
                TRACED_MAX);
    }

    public EngineSettings {
        if (seenTtl.compareTo(clockSkewMax.multipliedBy(2)) <= 0) {
            throw new IllegalArgumentException(
                    "a message must be remembered longer than twice the accepted clock skew: "
                            + seenTtl
                            + " <= 2 x "
                            + clockSkewMax);
        }
    }

    /**
     * The mesh's timers (SOCP §8.4, §11).
     *
     * @param heartbeat how often we send a sign of life
     * @param deadAfter silence after which a peer is given up
     * @param connectTimeout for a dial, and again for the welcome
     * @param backoff between dials
     * @param settle how long a returned peer may take to name its users again; also how long a
     *     needless second link is kept
     */
    public record MeshTimers(
            Duration heartbeat,
            Duration deadAfter,
            Duration connectTimeout,
            Backoff backoff,
            Duration settle) {

        /** Of a lost peer's grace, the time a returned one has is such a part. */
        private static final int GRACE_PER_SETTLE = 3;

        /**
         * How long a lost peer may take to come back before its users are dropped: 30 s where
         * {@code settle} is 10 s, long enough for a link that is cut for some seconds to heal and
         * be dialled again.
         */
        public Duration grace() {
            return settle.multipliedBy(GRACE_PER_SETTLE);
        }
    }

    /** These settings, with ids of any form where {@code lenientIds}. */
    public EngineSettings accepting(boolean lenientIds) {
        return new EngineSettings(
                lenientIds ? IdRule.LENIENT : IdRule.UUID_V4,
                clockSkewMax,
                seenTtl,
                seenMax,
                usersMax,
                mesh,
                content,
                tracedMax);
    }

    /** These settings, with content checked so. */
    public EngineSettings checking(ContentCheck changed) {
        return new EngineSettings(
                idRule, clockSkewMax, seenTtl, seenMax, usersMax, mesh, changed, tracedMax);
    }

    /** These settings, with so many steps of messages remembered. */
    public EngineSettings tracing(int stepsMax) {
        return new EngineSettings(
                idRule, clockSkewMax, seenTtl, seenMax, usersMax, mesh, content, stepsMax);
    }

    /** What runs when nothing is configured. */
    public static EngineSettings standard() {
        return new EngineSettings(
                IdRule.UUID_V4,
                Duration.ofSeconds(120),
                Duration.ofMinutes(5),
                500_000,
                200_000,
                new MeshTimers(
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(45),
                        Duration.ofSeconds(10),
                        new Backoff(Duration.ofMillis(500), Duration.ofSeconds(8)),
                        Duration.ofSeconds(10)));
    }
}
