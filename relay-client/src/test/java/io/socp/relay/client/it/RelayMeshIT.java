package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three relay processes whose bootstrap files name each other, and a chat process on each. Every
 * test leaves the mesh whole, so their order does not matter.
 */
@Timeout(180)
class RelayMeshIT {

    /** Silence of 45 s makes a peer dead; the specification allows 5 s more. */
    private static final Duration USERS_VANISH = Duration.ofSeconds(50);

    private static final Duration MESH_FORMS = Duration.ofSeconds(20);

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    private static final List<RelayNode> RELAYS = new ArrayList<>();

    private static ChatPerson alice;
    private static ChatPerson bob;
    private static ChatPerson carol;

    @BeforeAll
    static void startMesh() throws IOException, InterruptedException {
        for (String name : List.of("relay-a", "relay-b", "relay-c")) {
            RELAYS.add(new RelayNode(PROCESSES, name));
        }
        // The first start makes the keys that the others' bootstrap files will name.
        start(RELAYS);
        List<String> ids = awaitReady(RELAYS);
        for (RelayNode relay : RELAYS) {
            relay.introduceTo(RELAYS.stream().filter(other -> other != relay).toList());
        }
        RELAYS.forEach(relay -> relay.process().terminate());
        for (RelayNode relay : RELAYS) {
            assertThat(relay.process().awaitExit()).as("exit code at SIGTERM").isZero();
        }
        start(RELAYS);
        assertThat(awaitReady(RELAYS)).as("ids after a restart").isEqualTo(ids);

        alice = ChatPerson.start(PROCESSES, "alice", RELAYS.get(0));
        bob = ChatPerson.start(PROCESSES, "bob", RELAYS.get(1));
        carol = ChatPerson.start(PROCESSES, "carol", RELAYS.get(2));
        for (ChatPerson person : people()) {
            person.awaitReady();
        }
        awaitEveryoneOnEveryList(SocpProcess.PATIENCE);
    }

    @Test
    void shouldTellEveryoneOfEveryOther() throws InterruptedException {
        for (ChatPerson person : people()) {
            for (ChatPerson other : others(person)) {
                person.awaitPresence(other);
            }
        }
    }

    @Test
    void shouldCarryDirectMessagesEachWay() throws InterruptedException {
        for (ChatPerson from : people()) {
            for (ChatPerson to : others(from)) {
                String text = "direct: " + from.process().name() + " to " + to.process().name();
                from.tell(to, text);
                to.awaitMessage("direct", from, text);
            }
        }
    }

    @Test
    void shouldCarryPublicMessagesToEveryOtherExactlyOnce() throws InterruptedException {
        for (ChatPerson from : people()) {
            String text = "public: " + from.process().name();
            from.all(text);
            for (ChatPerson to : others(from)) {
                to.awaitMessage("public", from, text);
            }
        }

        // A second copy would come over another link: let something follow on each of them.
        for (ChatPerson from : people()) {
            for (ChatPerson to : others(from)) {
                String text = "after: " + from.process().name() + " to " + to.process().name();
                from.tell(to, text);
                to.awaitMessage("direct", from, text);
            }
        }
        for (ChatPerson from : people()) {
            String text = "public: " + from.process().name();
            assertThat(from.messages(text)).as("'%s' back at its author", text).isZero();
            for (ChatPerson to : others(from)) {
                assertThat(to.messages(text))
                        .as("'%s' at %s", text, to.process().name())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void shouldForgetTheUsersOfAKilledRelayAndTakeItBack() throws Exception {
        RelayNode relay = RELAYS.get(2);
        String id = relay.awaitReady();

        relay.process().kill();

        alice.awaitList(USERS_VANISH, alice, bob);
        bob.awaitList(USERS_VANISH, alice, bob);
        assertThat(carol.process().awaitExit()).as("carol's exit code").isEqualTo(1);
        assertThat(carol.events().getLast().path("event").stringValue("")).isEqualTo("closed");

        comeBack(relay, id);
        carol = returned("carol", carol, relay);
        awaitEveryoneOnEveryList(SocpProcess.PATIENCE);
        assertTalk("again ", carol, alice);
        assertTalk("again ", bob, carol);
    }

    @Test
    void shouldTakeLeaveAtSigterm() throws Exception {
        RelayNode relay = RELAYS.get(1);
        String id = relay.awaitReady();

        relay.process().terminate();

        assertThat(relay.process().awaitExit()).as("exit code at SIGTERM").isZero();
        alice.awaitList(USERS_VANISH, alice, carol);
        carol.awaitList(USERS_VANISH, alice, carol);
        assertThat(bob.process().awaitExit()).as("bob's exit code").isEqualTo(1);

        comeBack(relay, id);
        bob = returned("bob", bob, relay);
        awaitEveryoneOnEveryList(SocpProcess.PATIENCE);
        assertTalk("back ", bob, carol);
        assertTalk("back ", alice, bob);
    }

    private static void start(List<RelayNode> relays) throws IOException {
        for (RelayNode relay : relays) {
            relay.start();
        }
    }

    private static List<String> awaitReady(List<RelayNode> relays) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        for (RelayNode relay : relays) {
            ids.add(relay.awaitReady());
        }
        return ids;
    }

    private static void comeBack(RelayNode relay, String id)
            throws IOException, InterruptedException {
        relay.start();
        assertThat(relay.awaitReady()).as("its id after the restart").isEqualTo(id);
        for (RelayNode each : RELAYS) {
            each.awaitPeers(RELAYS.size() - 1, MESH_FORMS);
        }
    }

    /** The same user as before, on the relay that is back. */
    private static ChatPerson returned(String name, ChatPerson before, RelayNode relay)
            throws IOException, InterruptedException {
        ChatPerson again = ChatPerson.start(PROCESSES, name, relay);
        again.awaitReady();
        assertThat(again.id()).isEqualTo(before.id());
        return again;
    }

    private static void awaitEveryoneOnEveryList(Duration patience) {
        for (ChatPerson person : people()) {
            person.awaitList(patience, alice, bob, carol);
        }
    }

    private static void assertTalk(String when, ChatPerson one, ChatPerson other)
            throws InterruptedException {
        one.tell(other, when + "to you");
        other.awaitMessage("direct", one, when + "to you");
        other.tell(one, when + "to you, too");
        one.awaitMessage("direct", other, when + "to you, too");
        one.all(when + "to all");
        other.awaitMessage("public", one, when + "to all");
    }

    private static List<ChatPerson> people() {
        return List.of(alice, bob, carol);
    }

    private static List<ChatPerson> others(ChatPerson person) {
        return people().stream().filter(other -> other != person).toList();
    }
}
