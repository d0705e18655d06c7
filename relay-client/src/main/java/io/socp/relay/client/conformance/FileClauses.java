package io.socp.relay.client.conformance;

import java.util.List;
import java.util.function.Predicate;

/** SOCP §9.4: files, to one user or to everyone. */
final class FileClauses {

    private static final String SECTION = "§9.4";

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "file.direct",
                            SECTION,
                            "FILE_START, FILE_CHUNK and FILE_END reach the recipient, in order",
                            bench -> arrived(bench, true)),
                    Clause.of(
                            "file.unchanged",
                            SECTION,
                            "from, ts and payload of each piece stay as they were sent",
                            FileClauses::unchanged),
                    Clause.of(
                            "file.empty-sig",
                            SECTION,
                            "Pieces with an empty sig, as in the standard's example, are accepted",
                            bench -> arrived(bench, false)),
                    Clause.of(
                            "file.public",
                            SECTION,
                            "A file of mode public reaches every other user, once",
                            FileClauses::toEveryone),
                    Clause.of(
                            "file.only-recipient",
                            SECTION,
                            "Nobody but the recipient gets a file of mode dm",
                            FileClauses::onlyRecipient),
                    Clause.of(
                            "file.user-not-found",
                            "§10",
                            "A file to nobody is answered with USER_NOT_FOUND",
                            FileClauses::userNotFound),
                    Clause.of(
                            "file.wrong-sig",
                            "§9.5",
                            "A piece whose sig does not hold is refused with INVALID_SIG",
                            FileClauses::wrongSig));

    private FileClauses() {}

    private static Predicate<Frame> pieceOf(List<Draft> file) {
        String id = file.getFirst().said("file_id");
        return frame -> frame.type().startsWith("FILE_") && frame.said("file_id").equals(id);
    }

    private static void arrived(Bench bench, boolean isSigned) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        List<Draft> signed = alice.author().file(bob.id(), "dm");
        List<Draft> file =
                isSigned ? signed : signed.stream().map(piece -> piece.withSig("")).toList();
        alice.send(file);
        expectInOrder(file, bob.ear());
    }

    private static List<Frame> expectInOrder(List<Draft> file, Ear ear)
            throws Unmet, InterruptedException {
        List<Frame> came = ear.expect("START, three CHUNKs, END", pieceOf(file), file.size());
        for (int i = 0; i < file.size(); i++) {
            boolean isThis =
                    came.get(i).is(file.get(i).type())
                            && came.get(i)
                                    .said("ciphertext")
                                    .equals(file.get(i).said("ciphertext"));
            if (!isThis) {
                throw ear.unmet("the order in which they were sent", came);
            }
        }
        return came;
    }

    private static void unchanged(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        List<Draft> file = alice.author().file(bob.id(), "dm");

        alice.send(file);

        List<Frame> came = bob.ear().expect("five pieces", pieceOf(file), file.size());
        for (Frame piece : came) {
            if (file.stream().noneMatch(sent -> isSame(sent, piece))) {
                throw bob.ear().unmet("from, ts and payload as they were sent", piece);
            }
        }
    }

    private static boolean isSame(Draft sent, Frame came) {
        return came.is(sent.type())
                && came.from().equals(sent.from())
                && came.ts() == sent.ts()
                && came.payload().equals(sent.frame().payload());
    }

    private static void toEveryone(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        UserSession carol = bench.user(Role.CAROL);
        List<Draft> file = alice.author().file(Author.PUBLIC, "public");

        alice.send(file);

        for (UserSession member : List.of(bob, carol)) {
            List<Frame> _ = expectInOrder(file, member.ear());
            member.ear().expectAtMost(file.size(), "each piece once", pieceOf(file));
        }
    }

    private static void onlyRecipient(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        UserSession carol = bench.user(Role.CAROL);
        List<Draft> file = alice.author().file(bob.id(), "dm");

        alice.send(file);

        Frame _ = bob.ear().expect("FILE_START", pieceOf(file));
        bench.expectNoneAfter(alice, carol, "nothing of Bob's file", pieceOf(file));
    }

    private static void userNotFound(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        alice.send(alice.author().file(Author.newId(), "dm").getFirst());
        Frame _ = alice.ear().expectError("USER_NOT_FOUND");
    }

    private static void wrongSig(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        List<Draft> file = alice.author().file(bob.id(), "dm");

        alice.send(file.getFirst().signed(bench.author(Role.MALLORY).pen()));

        Frame _ = alice.ear().expectError("INVALID_SIG");
        bench.expectNoneAfter(alice, bob, "no such piece", pieceOf(file));
    }
}
