package io.socp.relay.client.chat;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.ClientOptions;
import io.socp.relay.client.FileOptions;
import io.socp.relay.client.PinnedKeys;
import io.socp.relay.client.SocpClient;
import io.socp.relay.client.SocpException;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.MiniRelay;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole chats as a script has them, through a relay that just passes messages on. */
@Timeout(60)
class ChatRunTest {

    private final MiniRelay relay = new MiniRelay();

    /** One user's chat: lines go in, JSON comes out. */
    private static final class Person {

        private static final String END = "";

        private final BlockingQueue<String> input = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> exitCode;

        Person(URI server, UserId id, TestKeys key, String name) {
            this(ClientOptions.to(server), id, key, name);
        }

        Person(URI server, UserId id, TestKeys key, String name, Path downloads) {
            this(ClientOptions.to(server).withFiles(FileOptions.into(downloads)), id, key, name);
        }

        private Person(ClientOptions options, UserId id, TestKeys key, String name) {
            UserNames names = new UserNames();
            ChatRun run = new ChatRun(new JsonView(output::add, output::add), names);
            ClientIdentity self =
                    new ClientIdentity(id, key.identity(), name, PinnedKeys.inMemory());
            exitCode =
                    CompletableFuture.supplyAsync(() -> {
                        try {
                            return run.run(
                                    listener -> SocpClient.connect(self, options, listener),
                                    this::nextLine);
                        } catch (SocpException refused) {
                            throw new IllegalStateException(refused);
                        }
                    });
        }

        private String nextLine() {
            try {
                String line = input.take();
                return line.equals(END) ? null : line;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return null;
            }
        }

        void types(String line) {
            input.add(line);
        }

        void ends() {
            input.add(END);
        }

        /** The next line that has all of these in it; others are passed over. */
        String sees(String... parts) throws InterruptedException, TimeoutException {
            while (true) {
                String line = output.poll(20, SECONDS);
                if (line == null) {
                    throw new TimeoutException("never seen: " + String.join(", ", parts));
                }
                boolean hasAll = true;
                for (String part : parts) {
                    hasAll &= line.contains(part);
                }
                if (hasAll) {
                    return line;
                }
            }
        }
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void shouldTellEachOther() throws Exception {
        Person alice = person(Actors.ALICE, TestKeys.ALICE, "Alice");
        alice.sees("\"ready\"");
        Person bob = person(Actors.BOB, TestKeys.BOB, "Bob");

        alice.types("/tell Bob hello");
        bob.sees("\"direct\"", "\"text\":\"hello\"", "\"verified\":true");
        bob.types("/tell " + Actors.ALICE + " hello yourself");
        alice.sees("\"sent\"", "\"ref\":\"1\"", Actors.BOB.value());
        alice.sees("\"direct\"", "\"text\":\"hello yourself\"", "\"verified\":true");
        bob.types("/all good evening");

        alice.sees("\"public\"", "\"text\":\"good evening\"", "\"verified\":true");
    }

    @Test
    void shouldDoTheLinesOfAPipeInOrderAndLeave() throws Exception {
        Person bob = person(Actors.BOB, TestKeys.BOB, null);
        bob.sees("\"ready\"");
        Person alice = person(Actors.ALICE, TestKeys.ALICE, null);
        for (int i = 0; i < 10; i++) {
            alice.types("/tell b0b0 number " + i);
        }
        alice.types("/list");
        alice.ends();

        for (int i = 0; i < 10; i++) {
            bob.sees("\"direct\"", "number " + i);
        }
        alice.sees("\"ref\":\"10\"");
        alice.sees("\"list\"", Actors.ALICE + "\",\"name\"", Actors.BOB + "\",\"name\"");
        alice.sees("\"closed\"");
        assertThat(alice.exitCode.get(10, SECONDS)).isEqualTo(0);
    }

    @Test
    void shouldSayWhatIsWrongWithALineAndGoOn() throws Exception {
        Person alice = person(Actors.ALICE, TestKeys.ALICE, null);

        alice.types("/dance");
        alice.types("hello?");
        alice.types("/tell " + Actors.BOB);
        alice.types("/tell " + Actors.ALICE + " " + "x".repeat(65_537));
        alice.types("/quit");
        alice.types("/all never sent");

        alice.sees("\"error\"", "UNKNOWN_COMMAND", "/dance");
        alice.sees("\"error\"", "USAGE");
        alice.sees("\"error\"", "USAGE", "/tell <user> <text>");
        alice.sees("\"error\"", "TEXT_TOO_LONG", "65536", "65537");
        alice.sees("\"closed\"");
        assertThat(alice.exitCode.get(10, SECONDS)).isEqualTo(0);
        assertThat(alice.output).isEmpty();
    }

    @Test
    void shouldWaitForSomeoneWhoIsYetToCome() throws Exception {
        Person alice = person(Actors.ALICE, TestKeys.ALICE, null);
        alice.sees("\"ready\"");
        alice.types("/tell Bob are you there?");
        alice.ends();

        Person bob = person(Actors.BOB, TestKeys.BOB, "Bob");

        bob.sees("\"direct\"", "are you there?", "\"verified\":true");
        assertThat(alice.exitCode.get(10, SECONDS)).isEqualTo(0);
    }

    @Test
    void shouldSayWhenNobodyIsMeant() throws Exception {
        Person alice = person(Actors.ALICE, TestKeys.ALICE, null);

        alice.types("/tell nobody hi");

        alice.sees("\"error\"", "USER_NOT_FOUND", "nobody");
    }

    @Test
    void shouldShowMessagesWhileACommandWaits() throws Exception {
        Person alice = person(Actors.ALICE, TestKeys.ALICE, null);
        alice.sees("\"ready\"");
        Person bob = person(Actors.BOB, TestKeys.BOB, null);
        bob.sees("\"ready\"");

        alice.types("/tell somebody hi");
        bob.types("/tell " + Actors.ALICE + " meanwhile");

        alice.sees("meanwhile");
        alice.sees("USER_NOT_FOUND");
    }

    @Test
    void shouldFailWhenTheConnectionIsLost() throws Exception {
        try (ScriptedServer server = ScriptedServer.silent()) {
            Person alice = new Person(server.uri(), Actors.ALICE, TestKeys.ALICE, null);
            var connection = server.connection();
            connection.next();
            connection.send(ServerFrames.welcome(Actors.ALICE));
            alice.sees("\"ready\"");

            connection.close(1001, "going away");

            assertThat(alice.sees("\"closed\"")).contains("going away");
            assertThat(alice.exitCode.get(10, SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void shouldSendFilesAndWaitForThemAtTheEnd(@TempDir Path home) throws Exception {
        Path file = Files.write(home.resolve("my plan.txt"), new byte[300_000]);
        Person bob = new Person(relay.uri(), Actors.BOB, TestKeys.BOB, "Bob", home.resolve("bob"));
        bob.sees("\"ready\"");
        Person alice = person(Actors.ALICE, TestKeys.ALICE, "Alice");

        alice.types("/file Bob " + file);
        alice.types("/file public " + file);
        alice.types("/file Bob");
        alice.types("/file Bob " + home.resolve("none"));
        alice.types("/tell Bob meanwhile");
        alice.ends();

        bob.sees("\"direct\"", "meanwhile");
        for (int i = 0; i < 2; i++) {
            assertThat(bob.sees("\"event\":\"file\"", "\"size\":300000", "\"verified\":true"))
                    .contains("\"path\":\"" + home.resolve("bob/my plan"));
        }
        assertThat(alice.exitCode.get(20, SECONDS)).isEqualTo(0);
        assertThat(alice.output)
                .anyMatch(line -> line.contains("\"progress\"") && line.contains("my plan.txt"))
                .anyMatch(line -> line.contains("\"sent\"") && line.contains("\"delivered\""))
                .anyMatch(line -> line.contains("USAGE") && line.contains("/file <user|public>"))
                .anyMatch(line -> line.contains("FILE_FAILED") && line.contains("there is no file"))
                .last()
                .asString()
                .contains("\"closed\"");
    }

    private Person person(UserId id, TestKeys key, String name) {
        return new Person(relay.uri(), id, key, name);
    }
}
