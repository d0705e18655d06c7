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
import tools.jackson.databind.JsonNode;

/**
 * A server that shares no code and no crypto library with this project, in one mesh with ours: it
 * joins through a relay of ours, and a relay of ours joins through it.
 */
@Timeout(180)
class PythonServerIT {

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    private static RelayNode here;
    private static RelayNode there;
    private static String hereId;
    private static String thereId;
    private static ChatPerson bob;
    private static ChatPerson carol;

    @BeforeAll
    static void startRelaysAndChats() throws IOException, InterruptedException {
        Python.assumePackages(PROCESSES);
        here = new RelayNode(PROCESSES, "relay-here");
        there = new RelayNode(PROCESSES, "relay-there");
        here.start();
        hereId = here.awaitReady();
        there.introduceTo(List.of(here));
        there.start();
        thereId = there.awaitReady();
        bob = chat("bob", TestKeys.BOB, here);
        carol = chat("carol", TestKeys.CAROL, there);
        here.awaitPeers(1, SocpProcess.PATIENCE);
    }

    @Test
    void shouldLetItJoinAndTalkToTheUsersOfEveryRelay() throws Exception {
        PythonServer server =
                PythonServer.start(
                        PROCESSES,
                        "python-joiner",
                        TestKeys.SERVER_A,
                        TestKeys.ALICE,
                        "--join",
                        here.uri());

        JsonNode welcome = server.awaitWelcome();
        assertThat(welcome.path("payload").path("assigned_id").stringValue(""))
                .isEqualTo(server.serverId());
        server.awaitLinked(hereId, "SERVER_WELCOME");
        server.awaitLinked(thereId, "SERVER_ANNOUNCE");
        assertMeets(server);
        for (String relay : List.of(hereId, thereId)) {
            server.awaitSigned("heartbeat", relay);
            server.awaitSigned("channel", relay);
        }

        server.userLeaves();
        awaitLists(bob, carol);
        server.userArrives();
        awaitLists(bob, carol, server);

        server.quit();
        awaitLists(bob, carol);
    }

    /** The standard has no field for a user's key in presence: the first message brings it. */
    @Test
    void shouldTakeAUserWhoseServerAdvertisesNoKey() throws Exception {
        PythonServer server =
                PythonServer.start(
                        PROCESSES,
                        "python-bare",
                        TestKeys.SERVER_B,
                        TestKeys.ALICE,
                        "--bare-presence",
                        "--join",
                        here.uri());
        server.awaitLinked(thereId, "SERVER_ANNOUNCE");
        awaitLists(bob, carol, server);
        server.awaitList(bob, carol);

        Talk.assertDirect(server, bob);
        Talk.assertDirect(server, carol);
        Talk.assertPublic(server, carol);

        server.quit();
        awaitLists(bob, carol);
    }

    /** Its welcome is the standard's bare one: our relay knows its key from the bootstrap file. */
    @ParameterizedTest(name = "key in {0}")
    @CsvSource({"der", "pem-base64"})
    void shouldJoinThroughIt(String keyForm) throws Exception {
        PythonServer server =
                PythonServer.start(
                        PROCESSES,
                        "python-introducer-" + keyForm,
                        TestKeys.SERVER_C,
                        TestKeys.ALICE,
                        "--key-form",
                        keyForm);
        RelayNode newcomer = newcomer("relay-" + keyForm, server);
        String newcomerId = newcomer.awaitReady();

        JsonNode join = server.awaitLinked(newcomerId, "SERVER_HELLO_JOIN");
        assertThat(join.path("to").stringValue(""))
                .isEqualTo("127.0.0.1:" + server.awaitListening().get("port").intValue());
        server.awaitSigned("announced", newcomerId);
        newcomer.awaitPeers(1, SocpProcess.PATIENCE);
        ChatPerson dora = chat("dora-" + keyForm, TestKeys.MALLORY, newcomer);
        server.awaitList(dora);
        dora.awaitList(SocpProcess.PATIENCE, dora, server);
        assertTalk(server, dora);

        dora.process().endInput();
        assertThat(dora.process().awaitExit()).isZero();
        server.awaitList();
        newcomer.process().terminate();
        assertThat(newcomer.process().awaitExit()).isZero();
        server.quit();
    }

    /** Some implementations read no other container than their own. */
    @Test
    void shouldShowItOurKeyInItsOwnContainer() throws Exception {
        PythonServer server =
                PythonServer.start(
                        PROCESSES,
                        "python-choosy",
                        TestKeys.SERVER_C,
                        TestKeys.ALICE,
                        "--own-form-only",
                        "--key-form",
                        "pem-base64");
        RelayNode newcomer = newcomer("relay-choosy", server);
        String newcomerId = newcomer.awaitReady();

        server.awaitLinked(newcomerId, "SERVER_HELLO_JOIN");
        server.awaitSigned("announced", newcomerId);

        newcomer.process().terminate();
        assertThat(newcomer.process().awaitExit()).isZero();
        server.quit();
    }

    /** Everyone sees everyone, and everyone writes to everyone in every way. */
    private static void assertMeets(PythonServer server) throws Exception {
        awaitLists(bob, carol, server);
        server.awaitList(bob, carol);
        for (ChatPerson person : List.of(bob, carol)) {
            assertTalk(server, person);
        }
    }

    private static void assertTalk(PythonServer server, ChatPerson person) throws Exception {
        Talk.assertDirect(server, person);
        Talk.assertPublic(server, person);
        Talk.assertFiles(PROCESSES.directory(), server, person);
    }

    private static void awaitLists(Person... people) {
        bob.awaitList(SocpProcess.PATIENCE, people);
        carol.awaitList(SocpProcess.PATIENCE, people);
    }

    private static RelayNode newcomer(String name, PythonServer introducer) throws Exception {
        JsonNode listening = introducer.awaitListening();
        RelayNode relay = new RelayNode(PROCESSES, name);
        relay.introduceTo(listening.get("port").intValue(), listening.get("pubkey").stringValue());
        relay.start();
        return relay;
    }

    private static ChatPerson chat(String name, TestKeys key, RelayNode relay)
            throws IOException, InterruptedException {
        ChatPerson.writeProfile(PROCESSES, name, key);
        ChatPerson person = ChatPerson.start(PROCESSES, name, relay);
        person.awaitReady();
        return person;
    }
}
