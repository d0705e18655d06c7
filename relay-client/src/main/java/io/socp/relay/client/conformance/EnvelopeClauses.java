package io.socp.relay.client.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** SOCP §7: six fields, and what comes instead of them. */
final class EnvelopeClauses {

    private static final String SECTION = "§7";

    /** A clock may be this wrong; a time in seconds is wrong by decades. */
    private static final long CLOCK_SKEW_MS_MAX = 24L * 60 * 60 * 1000;

    static final List<Clause> ALL = all();

    private EnvelopeClauses() {}

    private static List<Clause> all() {
        List<Clause> clauses = new ArrayList<>();
        for (String field : List.of("type", "from", "to", "ts", "payload")) {
            clauses.add(
                    damaged(
                            "envelope." + field + "-missing",
                            "A frame without " + field + " is refused with an ERROR",
                            direct -> direct.without(field)));
        }
        clauses.add(mistyped("type", "a string", 7));
        clauses.add(mistyped("from", "a string", 7));
        clauses.add(mistyped("to", "a string", List.of("x")));
        clauses.add(mistyped("ts", "a number", "soon"));
        clauses.add(mistyped("payload", "an object", "text"));
        clauses.add(mistyped("sig", "a string", Map.of("x", 1)));
        clauses.add(
                damaged(
                        "envelope.not-json",
                        "Text that is not JSON is refused with an ERROR",
                        direct -> direct.text().substring(0, direct.text().length() - 1)));
        clauses.add(
                damaged(
                        "envelope.not-object",
                        "JSON that is no object is refused with an ERROR",
                        direct -> "[" + direct.text() + "]"));
        clauses.add(
                Clause.of(
                        "envelope.extra-fields",
                        SECTION,
                        "Unknown further fields do no harm",
                        EnvelopeClauses::extraFields));
        clauses.add(
                Clause.of(
                        "envelope.type-case",
                        SECTION,
                        "type is case-sensitive",
                        EnvelopeClauses::typeCase));
        clauses.add(
                Clause.last(
                        "envelope.server-fields",
                        SECTION,
                        "The server's frames have six fields, each of its kind",
                        EnvelopeClauses::serverFields));
        clauses.add(
                Clause.last(
                        "envelope.ts-milliseconds",
                        SECTION,
                        "ts of the server's own frames is Unix time in milliseconds",
                        EnvelopeClauses::milliseconds));
        clauses.add(
                Clause.last(
                        "envelope.from-server",
                        SECTION,
                        "from of the server's own frames is its server id",
                        EnvelopeClauses::fromServer));
        return clauses;
    }

    private static Clause mistyped(String field, String kind, Object wrong) {
        return damaged(
                "envelope." + field + "-mistyped",
                "A frame whose " + field + " is not " + kind + " is refused with an ERROR",
                direct -> direct.with(field, wrong));
    }

    /** A direct message that arrives, but for one damage. */
    private static Clause damaged(String id, String requirement, Function<Draft, String> damage) {
        return Clause.of(
                id,
                SECTION,
                requirement,
                bench -> {
                    UserSession alice = bench.user(Role.ALICE);
                    UserSession bob = bench.user(Role.BOB);
                    Draft direct = alice.author().direct(bob.author(), "damaged");

                    alice.send(damage.apply(direct));

                    Frame _ = alice.ear().expectAnyError();
                    bob.ear().expectNone("no delivery", Bench.delivery(direct));
                });
    }

    private static void extraFields(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "with more fields");

        alice.send(direct.with("x-trace", Map.of("hops", 3, "tags", List.of("a"))));

        Frame _ = bob.ear().expect("USER_DELIVER", Bench.delivery(direct));
    }

    private static void typeCase(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "whispered").withType("msg_direct");

        alice.send(direct);

        Frame _ = alice.ear().expectError("UNKNOWN_TYPE");
        bob.ear().expectNone("no delivery", Bench.delivery(direct));
    }

    private static void serverFields(Bench bench) throws Unmet, InterruptedException {
        List<Frame> frames =
                bench.everythingSoFar().stream().filter(f -> !f.is("CTRL_CLOSE")).toList();
        Sifting.expectEvery(
                frames,
                "type, from, to and sig strings, ts an integer, payload an object",
                EnvelopeClauses::hasSixFields);
    }

    private static boolean hasSixFields(Frame frame) {
        JsonNode json = frame.json();
        return json.path("type").isString()
                && json.path("from").isString()
                && json.path("to").isString()
                && json.path("ts").isIntegralNumber()
                && json.path("payload").isObject()
                && json.path("sig").isString();
    }

    private static void milliseconds(Bench bench) throws Unmet, InterruptedException {
        List<Frame> errors =
                bench.everythingSoFar().stream().filter(Frame.ofType("ERROR")).toList();
        long now = System.currentTimeMillis();
        Sifting.expectEvery(
                errors,
                "a ts of about " + now,
                frame -> Math.abs(frame.ts() - now) < CLOCK_SKEW_MS_MAX);
    }

    private static void fromServer(Bench bench) throws Unmet, InterruptedException {
        String server = bench.serverId();
        Set<String> own = Set.of("ERROR", "ACK", "HEARTBEAT", "USER_DELIVER", "SERVER_WELCOME");
        List<Frame> frames =
                bench.everythingSoFar().stream().filter(f -> own.contains(f.type())).toList();
        Sifting.expectEvery(frames, "from " + server, frame -> frame.from().equals(server));
    }
}
