package io.socp.relay.client.conformance;

import java.util.List;
import java.util.function.Predicate;

/**
 * The table of contents of SOCP v1.3, as far as it can be tried on the wire: each heading with the
 * clauses below it. What no frame shows is left out: the tables of §5.2, the directory of §13, the
 * commands of §14 and the database of §15.
 */
public final class Standard {

    /** In the order of the standard. */
    public static final List<Group> GROUPS =
            List.of(
                    new Group("§4, §12 Keys and signatures", CryptoClauses.ALL),
                    new Group("§5 Identifiers", IdentifierClauses.ALL),
                    new Group("§6 Transport", TransportClauses.ALL),
                    new Group("§7 Envelope", EnvelopeClauses.ALL),
                    new Group("§8.1 Servers join", JoinClauses.ALL),
                    new Group("§8.2 Presence, to users", PresenceClauses.ALL),
                    new Group("§8.2 Presence, between servers", GossipClauses.ALL),
                    new Group("§8.3, §10 Delivery between servers", DeliverClauses.ALL),
                    new Group("§8.4, §11 Heartbeats and timeouts", HeartbeatClauses.ALL),
                    new Group("§9.1 Users say hello", HelloClauses.ALL),
                    new Group("§9.2 Direct messages", DirectClauses.ALL),
                    new Group("§9.3 Public messages", PublicClauses.ALL),
                    new Group("§9.3 Membership and keys of the public channel", ChannelClauses.ALL),
                    new Group("§9.4 Files", FileClauses.ALL),
                    new Group("§9.5 ERROR and ACK", ErrorClauses.ALL));

    private Standard() {}

    /** Every clause, in the order of the standard. */
    public static List<Clause> clauses() {
        return clauses(_ -> true);
    }

    /** The clauses of these ids, in the order of the standard. */
    public static List<Clause> clauses(Predicate<String> chosen) {
        return GROUPS.stream()
                .flatMap(group -> group.clauses().stream())
                .filter(clause -> chosen.test(clause.id()))
                .toList();
    }
}
