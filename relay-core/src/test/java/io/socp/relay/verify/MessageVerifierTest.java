package io.socp.relay.verify;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.ALL_KEYS;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Stages.linkOf;
import static io.socp.relay.testing.Stages.verify;
import static io.socp.relay.testing.Stages.vet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.Rejection.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageVerifierTest {

    private static final LinkIdentity USER = linkOf(ALICE);
    private static final LinkIdentity SERVER = linkOf(A);
    private static final String CIPHERTEXT = Base64Url.encode(new byte[] {0, 1, -2, -1, 77, 42});
    private static final long TS = Envelopes.msgDirect(ALICE, BOB).build().ts();

    /** Each known layout of a content signature, written down independently of the code. */
    static Stream<Arguments> directLayouts() {
        String tail = ALICE.id().value() + BOB.id().value() + TS;
        return layouts(
                tail,
                "{\"ciphertext\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"ts\":%d}"
                        .formatted(CIPHERTEXT, ALICE.id(), BOB.id(), TS),
                CIPHERTEXT + "|" + ALICE.id() + "|" + BOB.id() + "|" + TS);
    }

    static Stream<Arguments> publicLayouts() {
        return layouts(
                ALICE.id().value() + TS,
                "{\"ciphertext\":\"%s\",\"from\":\"%s\",\"ts\":%d}"
                        .formatted(CIPHERTEXT, ALICE.id(), TS),
                CIPHERTEXT + "|" + ALICE.id() + "|" + TS);
    }

    @Test
    void shouldAcceptTransportSignatureOfSender() {
        Envelope envelope = Envelopes.msgDirect(ALICE, BOB).received();

        VerifiedMessage verified = accepted(verifyOn(USER, envelope));

        assertThat(verified.proof()).isEqualTo(new Proof.SignedBy(ALICE.key()));
        assertThat(verified.envelope()).isSameAs(envelope);
        assertThat(verified.link()).isEqualTo(USER);
    }

    @Test
    void shouldAcceptShortSalt() throws GeneralSecurityException {
        Envelope original = Envelopes.msgPublic(ALICE).build();
        byte[] signature = saltOf32(TestKeys.ALICE, original.payload().canonical());
        Envelope envelope = resigned(original, signature);

        assertThat(verifyOn(USER, envelope)).isInstanceOf(Verification.Accepted.class);
    }

    @Test
    void shouldAcceptSignatureOverRawUtf8() {
        String payload = "{\"ciphertext\":\"grüße 😀\",\"content_sig\":\"\",\"sender_pub\":\"\"}";

        assertThat(verifyOn(USER, frame(payload, payload)))
                .isInstanceOf(Verification.Accepted.class);
    }

    @Test
    void shouldAcceptSignatureOverPayloadAsReceived() {
        String spaced = "{ \"sender_pub\": \"\", \"ciphertext\": \"abc\" }";

        assertThat(verifyOn(USER, frame(spaced, spaced))).isInstanceOf(Verification.Accepted.class);
    }

    @Test
    void shouldRejectSignatureOverAnotherPayload() {
        String sig = Envelopes.msgPublic(ALICE).with("ciphertext", "x").build().sig();

        assertRejected(
                verifyOn(USER, Envelopes.msgPublic(ALICE).sig(sig).build()),
                Reason.SIGNATURE_WRONG);
    }

    @Test
    void shouldRejectSignatureOfAnotherKey() {
        assertRejected(
                verifyOn(USER, Envelopes.msgPublic(ALICE).signedBy(TestKeys.BOB).build()),
                Reason.SIGNATURE_WRONG);
        assertRejected(
                verifyOn(SERVER, Envelopes.heartbeat(A).signedBy(TestKeys.SERVER_B).build()),
                Reason.SIGNATURE_WRONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"not base64!", "AAAA", "====", "\u0000"})
    void shouldRejectTextThatIsNoSignature(String sig) {
        assertRejected(
                verifyOn(USER, Envelopes.msgPublic(ALICE).sig(sig).build()),
                Reason.SIGNATURE_WRONG);
        assertRejected(
                verifyOn(USER, Envelopes.msgPublic(ALICE).unsigned().contentSig(sig).build()),
                Reason.SIGNATURE_WRONG);
    }

    @Test
    void shouldNotLetGoodContentSignatureExcuseBadTransportSignature() {
        Envelope envelope = Envelopes.msgDirect(ALICE, BOB).signedBy(TestKeys.MALLORY).build();

        assertRejected(verifyOn(USER, envelope), Reason.SIGNATURE_WRONG);
    }

    @Test
    void shouldPassOnBadContentSignatureBesideGoodTransportSignature() {
        Envelope envelope =
                Envelopes.msgDirect(ALICE, BOB).contentSignedBy(TestKeys.MALLORY).build();

        assertThat(accepted(verifyOn(USER, envelope)).proof())
                .isEqualTo(new Proof.SignedBy(ALICE.key()));
    }

    @ParameterizedTest
    @MethodSource("directLayouts")
    void shouldAcceptContentSignatureOfDirectMessageInEachLayout(String name, byte[] signed) {
        Envelope envelope = withContentSig(Envelopes.msgDirect(ALICE, BOB), signed);

        assertThat(accepted(verifyOn(USER, envelope)).proof())
                .as(name)
                .isEqualTo(new Proof.ContentSignedBy(ALICE.key()));
    }

    @ParameterizedTest
    @MethodSource("publicLayouts")
    void shouldAcceptContentSignatureOfPublicMessageInEachLayout(String name, byte[] signed) {
        Envelope envelope = withContentSig(Envelopes.msgPublic(ALICE), signed);

        assertThat(accepted(verifyOn(SERVER, envelope)).proof())
                .as(name)
                .isEqualTo(new Proof.ContentSignedBy(ALICE.key()));
    }

    @ParameterizedTest
    @MethodSource("directLayouts")
    void shouldRejectContentSignatureMovedToAnotherTimeOrRecipient(String name, byte[] signed) {
        var later = withContentSig(Envelopes.msgDirect(ALICE, BOB).ts(TS + 1), signed);
        var readdressed = withContentSig(Envelopes.msgDirect(ALICE, ALICE), signed);

        assertThat(verifyOn(USER, later)).as(name).isInstanceOf(Verification.Rejected.class);
        assertThat(verifyOn(USER, readdressed)).as(name).isInstanceOf(Verification.Rejected.class);
    }

    @Test
    void shouldAcceptGreetingWithoutSignatureAsClaimOnly() {
        LinkIdentity stranger = new LinkIdentity.Stranger();

        assertThat(
                        accepted(verifyOn(stranger, Envelopes.userHello(ALICE).unsigned().build()))
                                .proof())
                .isEqualTo(new Proof.FirstContact());
        assertThat(accepted(verifyOn(stranger, Envelopes.serverAnnounce(A).build())).proof())
                .isEqualTo(new Proof.SignedBy(A.key()));
        assertRejected(
                verifyOn(stranger, Envelopes.serverAnnounce(A).signedBy(TestKeys.MALLORY).build()),
                Reason.SIGNATURE_WRONG);
    }

    @Test
    void shouldDemandSignatureOfServers() {
        for (EnvelopeBuilder unsigned :
                List.of(
                        Envelopes.heartbeat(A),
                        Envelopes.advertise(A, ALICE),
                        Envelopes.remove(A, ALICE),
                        Envelopes.serverDeliver(A, ALICE, BOB),
                        Envelopes.channelAdd(A))) {
            assertRejected(verifyOn(SERVER, unsigned.unsigned().build()), Reason.SIGNATURE_MISSING);
        }
    }

    @Test
    void shouldAcceptGossipSignedByOriginOrBySenderOfLink() {
        var unchanged = Envelopes.serverDeliver(B, BOB, ALICE).build();
        var resigned = Envelopes.serverDeliver(B, BOB, ALICE).signedBy(TestKeys.SERVER_A).build();
        var forged = Envelopes.serverDeliver(B, BOB, ALICE).signedBy(TestKeys.MALLORY).build();

        assertThat(accepted(verifyOn(SERVER, unchanged)).proof())
                .isEqualTo(new Proof.SignedBy(B.key()));
        assertThat(accepted(verifyOn(SERVER, resigned)).proof())
                .isEqualTo(new Proof.SignedBy(A.key()));
        assertRejected(verifyOn(SERVER, forged), Reason.SIGNATURE_WRONG);
    }

    @Test
    void shouldBelieveHomeServersKeyAloneAboutPresence() {
        var resigned = Envelopes.advertise(B, BOB).signedBy(TestKeys.SERVER_A).build();

        assertRejected(verifyOn(SERVER, resigned), Reason.SIGNATURE_WRONG);
        assertThat(verifyOn(SERVER, Envelopes.advertise(B, BOB).build()))
                .isInstanceOf(Verification.Accepted.class);
    }

    @Test
    void shouldNeedNoProofForNotices() {
        assertThat(accepted(verifyOn(USER, Envelopes.error("x").build())).proof())
                .isEqualTo(new Proof.LinkOnly());
    }

    private static Stream<Arguments> layouts(String tail, String json, String piped) {
        byte[] bytes = concat(Base64Url.decode(CIPHERTEXT), tail.getBytes(UTF_8));
        return Stream.of(
                Arguments.of("A", (CIPHERTEXT + tail).getBytes(UTF_8)),
                Arguments.of("B", bytes),
                Arguments.of("C", sha256(bytes)),
                Arguments.of("D", json.getBytes(UTF_8)),
                Arguments.of("E", sha256(json.getBytes(UTF_8))),
                Arguments.of("F", piped.getBytes(UTF_8)));
    }

    private static Envelope withContentSig(EnvelopeBuilder builder, byte[] signed) {
        return builder.with("ciphertext", CIPHERTEXT)
                .contentSig(Base64Url.encode(TestKeys.ALICE.signer().sign(signed)))
                .unsigned()
                .build();
    }

    /** A public message of Alice with exactly this payload, signed over exactly these bytes. */
    private static Envelope frame(String payload, String signed) {
        String sig = Base64Url.encode(TestKeys.ALICE.signer().sign(signed.getBytes(UTF_8)));
        return EnvelopeBuilder.decode(
                ("{\"type\":\"MSG_PUBLIC_CHANNEL\",\"from\":\"%s\",\"to\":\"public\",\"ts\":%d,"
                                + "\"payload\":%s,\"sig\":\"%s\"}")
                        .formatted(ALICE.id(), TS, payload, sig)
                        .getBytes(UTF_8));
    }

    private static Envelope resigned(Envelope e, byte[] signature) {
        return Envelope.of(
                e.type(), e.from(), e.to(), e.ts(), e.payload(), Base64Url.encode(signature));
    }

    private static byte[] saltOf32(TestKeys key, byte[] message) throws GeneralSecurityException {
        String pem = key.identity().toPem().replaceAll("-----[^-]+-----|\\s", "");
        var spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
        var pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(
                new PSSParameterSpec(
                        "SHA-256",
                        "MGF1",
                        MGF1ParameterSpec.SHA256,
                        32,
                        PSSParameterSpec.TRAILER_FIELD_BC));
        pss.initSign(KeyFactory.getInstance("RSA").generatePrivate(spec));
        pss.update(message);
        return pss.sign();
    }

    private static Verification verifyOn(LinkIdentity link, Envelope envelope) {
        return verify(vet(ALL_KEYS, envelope, link));
    }

    private static VerifiedMessage accepted(Verification verification) {
        return ((Verification.Accepted) verification).message();
    }

    private static void assertRejected(Verification verification, Reason reason) {
        assertThat(verification)
                .isInstanceOfSatisfying(
                        Verification.Rejected.class,
                        rejected -> assertThat(rejected.rejection().reason()).isEqualTo(reason));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
