package io.socp.relay.client.it;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two relays that authenticate their link, our client on one of them over TLS, and beside it a
 * strict client of another make on a plain link.
 */
class LinkAuthIT {

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    private static RelayNode here;
    private static RelayNode there;
    private static ChatPerson chat;

    @BeforeAll
    static void startRelaysAndChat() throws IOException, InterruptedException {
        Python.assumePackages(PROCESSES);
        here = new RelayNode(PROCESSES, "tls-here").overTls();
        there = new RelayNode(PROCESSES, "tls-there").overTls();
        here.start();
        here.awaitReady();
        there.introduceTo(List.of(here));
        there.start();
        there.awaitReady();
        ChatPerson.writeProfile(PROCESSES, "proven", TestKeys.CAROL);
        chat = ChatPerson.start(PROCESSES, "proven", there);
        chat.awaitReady();
        here.awaitPeers(1, SocpProcess.PATIENCE);
    }

    @Test
    void shouldChangeNothingForStrictClientBesideAndBeyondProvenLinks() throws Exception {
        for (RelayNode relay : List.of(there, here)) {
            PythonPerson dora =
                    PythonPerson.start(
                            PROCESSES,
                            "python-at-" + relay.port(),
                            TestKeys.ALICE,
                            relay,
                            List.of("--key-form", "der", "--salt", "max"));
            dora.awaitHello();
            dora.awaitList(chat);
            chat.awaitList(SocpProcess.PATIENCE, chat, dora);

            Talk.assertDirect(dora, chat);
            Talk.assertPublic(dora, chat);
            Talk.assertFiles(PROCESSES.directory(), dora, chat);
            dora.quit();
            chat.awaitList(SocpProcess.PATIENCE, chat);
        }
    }
}
