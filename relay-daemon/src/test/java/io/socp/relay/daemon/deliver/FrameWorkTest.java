package io.socp.relay.daemon.deliver;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.TlsPeer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What Bob says over B's link, which proves its frames, to Alice, whose link does so too, and to
 * Carol, who wants each signed. The pool stands still.
 */
@ExtendWith(LeakCheck.class)
class FrameWorkTest {

    private static final LinkChallenge SHOWN = LinkChallenge.of("nonce", Actors.A.key());
    private static final UserId NOBODY = new UserId("00000000-0000-4000-8000-00000000ffff");

    private final EmbeddedRelay relay = new EmbeddedRelay();
    private FarEnd alice;
    private FarEnd carol;
    private FarEnd b;
    private int said;

    @BeforeEach
    void start() {
        carol = relay.connect();
        carol.send(Envelopes.userHello(CAROL).build());
        relay.settle();
        alice = secured(new TlsPeer.Anonymous(SHOWN));
        JsonObject answer = JsonObject.builder().put("link_auth", SHOWN.json()).build();
        alice.send(Envelopes.userHello(ALICE).with("ext", answer).build());
        relay.settle();
        b = secured(new TlsPeer.Proven(Actors.B.key()));
        JsonObject extensions =
                JsonObject.builder().put("v", 1).put("link_auth", JsonLiteral.TRUE).build();
        b.send(
                Envelopes.serverHelloJoin(Actors.B)
                        .with("tls", JsonLiteral.TRUE)
                        .with("ext", extensions)
                        .build());
        relay.settle();
        b.send(Envelopes.advertise(Actors.B, BOB).build());
        relay.settle();
        alice.envelopes();
        carol.envelopes();
    }

    @AfterEach
    void finish() {
        relay.finish();
    }

    @Test
    void shouldCarryOutAtOnceWhatNeedsNoSignature() {
        say(ALICE);
        relay.runLinks();

        assertThat(alice.envelopes())
                .singleElement()
                .matches(delivered -> delivered.type().equals("USER_DELIVER"))
                .matches(delivered -> delivered.sig().isEmpty());
        assertThat(relay.verdicts()).endsWith("SERVER_DELIVER ACCEPTED");
        assertThat(relay.room().underWay()).isZero();
    }

    @Test
    void shouldLeaveToThePoolWhatIsToBeSigned() {
        say(CAROL);
        relay.runLinks();
        List<Envelope> before = carol.envelopes();
        long underWay = relay.room().underWay();
        relay.runPool();
        relay.runLinks();

        assertThat(before).isEmpty();
        assertThat(underWay).isEqualTo(1);
        assertThat(carol.envelopes())
                .singleElement()
                .matches(delivered -> delivered.type().equals("USER_DELIVER"))
                .matches(delivered -> !delivered.sig().isEmpty());
        assertThat(relay.verdicts())
                .filteredOn(verdict -> verdict.startsWith("SERVER_DELIVER"))
                .containsExactly("SERVER_DELIVER ACCEPTED");
    }

    @Test
    void shouldNotOvertakeWhatThePoolHas() {
        say(CAROL);
        say(ALICE);
        relay.runLinks();
        List<Envelope> before = alice.envelopes();
        relay.runPool();
        relay.runLinks();
        List<Envelope> behind = alice.envelopes();
        say(ALICE);
        relay.runLinks();

        assertThat(before).isEmpty();
        assertThat(carol.envelopes()).hasSize(1);
        assertThat(behind).hasSize(1);
        assertThat(alice.envelopes()).as("at once again, nothing being under way").hasSize(1);
    }

    /** Also where it would go without a signature: how many one may have is seen to there. */
    @Test
    void shouldLeaveToThePoolWhatIsAnsweredWithAnError() {
        alice.send(Envelopes.fileChunk(ALICE, NOBODY).unsigned().build());
        relay.runLinks();
        List<Envelope> before = alice.envelopes();
        relay.runPool();
        relay.runLinks();

        assertThat(before).isEmpty();
        assertThat(alice.envelopes()).extracting("type").containsExactly("ERROR");
    }

    /** A WebSocket whose TLS handshake has shown this. */
    private FarEnd secured(TlsPeer peer) {
        FarEnd end = relay.connect();
        Link stranger =
                relay.registry().all().stream()
                        .filter(link -> link.identity() instanceof LinkIdentity.Stranger)
                        .findAny()
                        .orElseThrow();
        stranger.secured(peer);
        return end;
    }

    private void say(Person to) {
        said++;
        b.send(
                Envelopes.serverDeliver(Actors.B, BOB, to)
                        .with("ciphertext", Envelopes.sealed("message " + said))
                        .unsigned()
                        .build());
    }
}
