package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that share no code and no crypto library with this project, on two linked relays: each
 * writes in another of the styles that the relay must read.
 */
@Timeout(120)
class PythonInteropIT {

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    private static RelayNode here;
    private static RelayNode there;
    private static ChatPerson chat;

    @BeforeAll
    static void startRelaysAndChat() throws IOException, InterruptedException {
        assumePythonHasItsPackages();
        here = new RelayNode(PROCESSES, "relay-here");
        there = new RelayNode(PROCESSES, "relay-there");
        here.start();
        here.awaitReady();
        there.introduceTo(List.of(here));
        there.start();
        there.awaitReady();
        ChatPerson.writeProfile(PROCESSES, "chat", TestKeys.CAROL);
        chat = ChatPerson.start(PROCESSES, "chat", there);
        chat.awaitReady();
        here.awaitPeers(1, SocpProcess.PATIENCE);
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
        "--key-form der --salt max, --key-form pem-base64 --salt 32 --no-sign-frames",
        "--key-form pem --salt 32 --sign-frames,"
                + " --key-form der --salt max --no-sign-frames --content-layout D",
        "--key-form pem-base64 --salt max --no-sign-frames,"
                + " --key-form pem --salt 32 --sign-frames --content-layout F",
    })
    void shouldTalkInEveryDirection(String styleHere, String styleThere) throws Exception {
        PythonPerson dora = python("python-here", TestKeys.ALICE, here, styleHere);
        PythonPerson emil = python("python-there", TestKeys.BOB, there, styleThere);
        dora.awaitHello();
        emil.awaitHello();
        chat.awaitList(SocpProcess.PATIENCE, chat, dora, emil);
        List<Person> people = List.of(dora, emil, chat);

        for (Person from : people) {
            for (Person to : others(people, from)) {
                String text = "direct from " + from.id() + " to " + to.id() + ", grüße 🙂";
                from.tell(to, text);
                to.awaitMessage("direct", from, text);
            }
        }
        for (Person from : people) {
            String text = "public from " + from.id() + " beside " + dora.id() + ", grüße 🙂";
            from.all(text);
            for (Person to : others(people, from)) {
                to.awaitMessage("public", from, text);
                assertThat(to.messages(text)).isEqualTo(1);
            }
        }

        quit(dora);
        quit(emil);
        chat.awaitList(SocpProcess.PATIENCE, chat);
    }

    @Test
    void shouldAgreeWithItself() throws Exception {
        SocpProcess selfTest =
                PROCESSES.run(
                        "self-test",
                        Map.of(),
                        List.of(
                                PythonPerson.PYTHON,
                                "-B",
                                Processes.source("interop/python/strict_client.py").toString(),
                                "--self-test"));

        assertThat(selfTest.awaitExit()).as(selfTest::report).isZero();
    }

    private static PythonPerson python(String name, TestKeys key, RelayNode relay, String style)
            throws IOException {
        return PythonPerson.start(PROCESSES, name, key, relay, List.of(style.split(" ")));
    }

    private static void quit(PythonPerson person) throws IOException, InterruptedException {
        person.process().endInput();
        assertThat(person.process().awaitExit()).as(person.process()::report).isZero();
        assertThat(person.events()).noneMatch(event -> event.has("unreadable"));
    }

    private static List<Person> others(List<Person> people, Person person) {
        return people.stream().filter(other -> other != person).toList();
    }

    private static void assumePythonHasItsPackages() throws IOException, InterruptedException {
        boolean hasThem;
        try {
            SocpProcess probe =
                    PROCESSES.run(
                            "python-probe",
                            Map.of(),
                            List.of(PythonPerson.PYTHON, "-c", "import websockets, cryptography"));
            hasThem = probe.awaitExit() == 0;
        } catch (IOException noPython) {
            hasThem = false;
        }
        String word =
                "SKIPPED: %s cannot import websockets and cryptography; on Debian: %s"
                        .formatted(
                                PythonPerson.PYTHON,
                                "apt-get install python3-websockets python3-cryptography");
        if (!hasThem) {
            System.err.println(word); // Maven counts what is skipped, and does not say why
        }
        assumeTrue(hasThem, word);
    }
}
