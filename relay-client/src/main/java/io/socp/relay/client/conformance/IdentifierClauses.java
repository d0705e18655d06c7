package io.socp.relay.client.conformance;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** SOCP §5.1: ids are UUIDs of version 4, case-sensitive. */
final class IdentifierClauses {

    static final Pattern UUID_V4 =
            Pattern.compile(
                    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}"
                            + "-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "id.server-uuid",
                            "§5.1",
                            "The server's id is a UUID of version 4",
                            IdentifierClauses::serverUuid),
                    Clause.of(
                            "id.user-name-refused",
                            "§5.1",
                            "A user id that is no UUID is refused",
                            bench -> refused(bench, "bob")),
                    Clause.of(
                            "id.user-uuid-v1-refused",
                            "§5.1",
                            "A user id that is a UUID of another version is refused",
                            bench -> refused(bench, "c232ab00-9414-11ec-b3c8-9f6bdeced846")),
                    Clause.of(
                            "id.case-sensitive",
                            "§5.1",
                            "Ids that differ in upper and lower case are two ids",
                            IdentifierClauses::caseSensitive));

    private IdentifierClauses() {}

    private static void serverUuid(Bench bench) throws Unmet, InterruptedException {
        String id = bench.serverId();
        if (!UUID_V4.matcher(id).matches()) {
            throw Unmet.fail("SERVER_HELLO_JOIN", "a UUID of version 4 in from", id);
        }
    }

    private static void refused(Bench bench, String id) throws Unmet, InterruptedException {
        UserSession named = bench.stranger(bench.author(Role.MALLORY).withId(id));
        named.send(named.author().hello());
        Frame _ = named.ear().expectAnyError();
    }

    private static void caseSensitive(Bench bench) throws Unmet, InterruptedException {
        Author lower = bench.author(Role.ALICE).withId("a" + Author.newId().substring(1));
        Author upper = bench.author(Role.BOB).withId(lower.id().toUpperCase(Locale.ROOT));
        UserSession small = bench.user(lower, lower.hello());
        UserSession large = bench.user(upper, upper.hello());
        UserSession carol = bench.user(Role.CAROL);
        Draft toLarge = carol.author().direct(upper, "for the large one");

        Frame _ = bench.talk(carol, toLarge, large);

        bench.expectNoneAfter(
                carol, small, "nothing that is for the other", Bench.delivery(toLarge));
    }
}
