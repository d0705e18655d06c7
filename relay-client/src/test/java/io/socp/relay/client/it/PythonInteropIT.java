package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        Python.assumePackages(PROCESSES);
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

        dora.quit();
        emil.quit();
        chat.awaitList(SocpProcess.PATIENCE, chat);
    }

    /** What a person at a strict client does in five minutes, in each of the three costumes. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "--key-form der --salt max",
                "--key-form pem-base64 --salt max",
                "--key-form pem --salt 32"
            })
    void shouldServeAStrictClientInEveryCostume(String style) throws Exception {
        PythonPerson dora = python("python-dora", TestKeys.ALICE, here, style);
        dora.awaitHello();

        dora.awaitList(chat);
        chat.awaitList(SocpProcess.PATIENCE, chat, dora);

        Talk.assertDirect(dora, chat);
        Talk.assertPublic(dora, chat);
        Talk.assertFiles(PROCESSES.directory(), dora, chat);
        dora.quit();
        chat.awaitList(SocpProcess.PATIENCE, chat);
    }

    @Test
    void shouldAgreeWithItself() throws Exception {
        SocpProcess selfTest =
                Python.run(PROCESSES, "self-test", "strict_client.py", List.of("--self-test"));

        assertThat(selfTest.awaitExit()).as(selfTest::report).isZero();
    }

    private static PythonPerson python(String name, TestKeys key, RelayNode relay, String style)
            throws IOException {
        return PythonPerson.start(PROCESSES, name, key, relay, List.of(style.split(" ")));
    }

    private static List<Person> others(List<Person> people, Person person) {
        return people.stream().filter(other -> other != person).toList();
    }
}
