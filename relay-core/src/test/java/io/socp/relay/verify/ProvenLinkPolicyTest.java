package io.socp.relay.verify;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.ALL_KEYS;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Stages.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureCheck;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is checked of frames on links that prove them, and how often. */
class ProvenLinkPolicyTest {

    private static final LinkIdentity PROVEN =
            new LinkIdentity.User(ALICE.id(), ALICE.key(), PresenceFeed.ASKED, FrameProof.LINK);
    private static final LinkIdentity PLAIN = Stages.linkOf(ALICE);

    private int verifications;
    private final SignatureCheck counted =
            (RsaPublicKey key, byte[] text, byte[] signature) -> {
                verifications++;
                return new SignatureVerifier().verifies(key, text, signature);
            };

    @BeforeEach
    void forget() {
        // The key is shared by all tests, and remembers how its owner last wrote.
        ALICE.key().rememberReading(0);
    }

    @Test
    void shouldCheckContentOnceWhereItIsTheOnlySignature() {
        Envelope direct = Envelopes.msgDirect(ALICE, BOB).unsigned().build();

        assertThat(isAccepted(direct, PROVEN, ContentCheck.ALWAYS)).isTrue();

        assertThat(verifications).isEqualTo(1);
    }

    @Test
    void shouldCheckOneSignatureWhereThereAreTwo() {
        Envelope direct = Envelopes.msgDirect(ALICE, BOB).build();

        assertThat(isAccepted(direct, PROVEN, ContentCheck.ALWAYS)).isTrue();

        assertThat(verifications).isEqualTo(1);
    }

    @Test
    void shouldLeaveContentToItsReadersWhereToldSo() {
        Envelope direct = Envelopes.msgDirect(ALICE, BOB).contentSig("").unsigned().build();

        assertThat(isAccepted(direct, PROVEN, ContentCheck.NEVER)).isTrue();

        assertThat(verifications).isZero();
    }

    @Test
    void shouldCheckWhatHasSignatureHoweverItIsTold() {
        Envelope forged = Envelopes.msgDirect(ALICE, BOB).signedBy(TestKeys.MALLORY).build();

        assertThat(isAccepted(forged, PROVEN, ContentCheck.NEVER)).isFalse();
    }

    @Test
    void attackShouldFailWhenPlainLinkLeavesSignaturesOut() {
        Envelope bare = Envelopes.msgDirect(ALICE, BOB).contentSig("").unsigned().build();
        Envelope forged =
                Envelopes.msgDirect(ALICE, BOB)
                        .contentSignedBy(TestKeys.MALLORY)
                        .unsigned()
                        .build();

        assertThat(isAccepted(bare, PLAIN, ContentCheck.NEVER)).isFalse();
        assertThat(isAccepted(forged, PLAIN, ContentCheck.NEVER)).isFalse();
        assertThat(isAccepted(forged, PROVEN, ContentCheck.ALWAYS)).isFalse();
        assertThat(isAccepted(bare, PROVEN, ContentCheck.ALWAYS)).isFalse();
    }

    @Test
    void attackShouldFailWhenProvenLinkSpeaksInAnothersName() {
        Envelope bobs = Envelopes.msgDirect(BOB, ALICE).unsigned().build();

        assertThat(isAccepted(bobs, PROVEN, ContentCheck.NEVER)).isFalse();
    }

    @Test
    void shouldTryTheLayoutThatHeldLastFirst() {
        RsaPublicKey key = TestKeys.CAROL.publicKey();
        UserId author = new UserId("cccccccc-0000-4000-8000-000000000003");
        byte[] piped =
                ContentSignature.PIPED.directBytes(Envelopes.CIPHERTEXT, author, BOB.id(), 7);
        SealedText sealed =
                new SealedText(
                        Envelopes.CIPHERTEXT,
                        "",
                        Base64Url.encode(TestKeys.CAROL.signer().sign(piped)));
        ContentSignature.holdsDirect(counted, key, sealed, author, BOB.id(), 7);
        verifications = 0;

        boolean holds = ContentSignature.holdsDirect(counted, key, sealed, author, BOB.id(), 7);

        assertThat(holds).isTrue();
        assertThat(verifications).isEqualTo(1);
        key.rememberReading(0);
    }

    @Test
    void shouldTakeUnsignedHeartbeatOfPeerOnProvenLinkAlone() {
        Envelope beat = Envelopes.heartbeat(A).unsigned().build();

        assertThat(isAccepted(beat, Stages.linkOf(A), ContentCheck.NEVER)).isFalse();
        assertThat(
                        isAccepted(
                                beat,
                                new LinkIdentity.Server(A.id(), A.key(), FrameProof.LINK),
                                ContentCheck.ALWAYS))
                .isTrue();
        assertThat(verifications).isZero();
    }

    private boolean isAccepted(Envelope envelope, LinkIdentity link, ContentCheck content) {
        var policy = new LinkPolicy(ALL_KEYS, Stages.WINDOW, content);
        return policy.vet(envelope, message(envelope), link, Stages.START) instanceof Vetted vetted
                && new MessageVerifier(counted).verify(vetted) instanceof Verification.Accepted;
    }
}
