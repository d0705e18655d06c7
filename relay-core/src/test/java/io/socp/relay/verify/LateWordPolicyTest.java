package io.socp.relay.verify;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.ALL_KEYS;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Stages.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import org.junit.jupiter.api.Test;

/** B goes: Alice, who was its user, is ours now, and Bob, who was too, is at C; so is Carol. */
class LateWordPolicyTest {

    private record BHasGone() implements KeyDirectory {

        @Override
        public boolean hasLatelyLeft(UserId user, ServerId server) {
            return server.equals(B.id()) && (user.equals(ALICE.id()) || user.equals(BOB.id()));
        }

        @Override
        public boolean isLocal(UserId user) {
            return user.equals(ALICE.id());
        }

        @Override
        public ServerId homeOf(UserId user) {
            return isLocal(user) ? null : C.id();
        }

        @Override
        public RsaPublicKey keyOf(ServerId server) {
            return ALL_KEYS.keyOf(server);
        }

        @Override
        public RsaPublicKey keyOf(UserId user) {
            return ALL_KEYS.keyOf(user);
        }

        @Override
        public boolean isLinked(ServerId server) {
            return true;
        }
    }

    @Test
    void shouldTakeWhatAServerThatGoesStillBringsOfItsUsers() {
        assertThat(isTaken(deliver(B, ALICE), B)).isTrue();
        assertThat(isTaken(deliver(B, BOB), B)).isTrue();
        assertThat(isTaken(Envelopes.fileChunk(BOB, CAROL.id()).unsigned().build(), B)).isTrue();
    }

    @Test
    void attackShouldFailWhenAServerThatGoesSpeaksForOneWhoWasNotItsUser() {
        assertThat(isTaken(deliver(B, CAROL), B)).isFalse();
        assertThat(isTaken(Envelopes.fileChunk(CAROL, BOB.id()).unsigned().build(), B)).isFalse();
    }

    @Test
    void attackShouldFailWhenAnotherServerSpeaksForOneWhoHasLeft() {
        assertThat(isTaken(deliver(A, BOB), A)).isFalse();
        assertThat(isTaken(deliver(A, ALICE), A)).isFalse();
        assertThat(isTaken(deliver(B, ALICE), C)).isFalse();
    }

    private static Envelope deliver(Server from, Person author) {
        return Envelopes.serverDeliver(from, author, CAROL).build();
    }

    private static boolean isTaken(Envelope envelope, Server peer) {
        var link = new LinkIdentity.Server(peer.id(), peer.key(), FrameProof.LINK);
        var policy = new LinkPolicy(new BHasGone(), Stages.WINDOW);
        return policy.vet(envelope, message(envelope), link, Stages.START) instanceof Vetted;
    }
}
