package io.socp.relay.client.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.testing.Actors;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What one user seals, the other opens and can hold the author to. */
class EndToEndTest {

    private static final long TS = 1_790_000_000_123L;

    private final SignatureVerifier verifier = new SignatureVerifier();
    private final Opener alice = new Opener(TestKeys.ALICE.identity());

    @Test
    void shouldOpenWhatWasSealedForThisUser() {
        SealedText sealed = sealedForAlice("Grüße 👋");

        assertThat(alice.direct(sealed)).isEqualTo(new Opening.Text("Grüße 👋", true));
    }

    @Test
    void shouldSignCiphertextRecipientAndTime() {
        SealedText sealed = sealedForAlice("hello");

        assertThat(holds(sealed, TS)).isTrue();
        assertThat(holds(sealed, TS + 1)).isFalse();
        assertThat(
                        ContentSignature.holdsDirect(
                                verifier,
                                TestKeys.BOB.publicKey(),
                                sealed,
                                Actors.BOB,
                                Actors.CAROL,
                                TS))
                .isFalse();
    }

    @Test
    void shouldSealTheLongestTextThatFits() {
        String longest = "x".repeat(Sealer.DIRECT_BYTES_MAX);

        assertThat(alice.direct(sealedForAlice(longest)))
                .isEqualTo(new Opening.Text(longest, true));
    }

    @Test
    void shouldRefuseOneByteMore() {
        assertThatThrownBy(() -> sealedForAlice("x".repeat(Sealer.DIRECT_BYTES_MAX + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("447")
                .hasMessageContaining("446");
    }

    @Test
    void shouldSayWhenItIsSealedForSomeoneElse() {
        Opener carol = new Opener(TestKeys.CAROL.identity());

        assertThat(carol.direct(sealedForAlice("hello"))).isInstanceOf(Opening.Unreadable.class);
    }

    @Test
    void shouldSayWhenTheCiphertextIsNone() {
        assertThat(alice.direct(new SealedText("not base64!", "", "")))
                .isInstanceOf(Opening.Unreadable.class);
        assertThat(alice.direct(new SealedText("AAAA", "", "")))
                .isInstanceOf(Opening.Unreadable.class);
        assertThat(alice.direct(new SealedText("", "", ""))).isInstanceOf(Opening.Unreadable.class);
    }

    @Test
    void shouldWritePublicTextForBothKindsOfReaders() {
        Payload payload = Actors.bob().publicPayload("hi all", TS);

        assertThat(payload.members().get("text")).isEqualTo(new JsonText("hi all"));
        SealedText sealed = sealed(payload);
        assertThat(Opener.publicText(sealed, null)).isEqualTo(new Opening.Text("hi all", true));
        assertThat(
                        ContentSignature.holdsPublic(
                                verifier, TestKeys.BOB.publicKey(), sealed, Actors.BOB, TS))
                .isTrue();
    }

    @Test
    void shouldLeaveThePlainCopyOutOfALongPublicText() {
        Payload payload = Actors.bob().publicPayload("é".repeat(32 * 1024), TS);

        assertThat(payload.members().get("text")).isNull();
        assertThat(payload.canonical().length).isLessThan(256 * 1024 - 2048);
    }

    @Test
    void shouldNotTakeADifferentPlainTextForSigned() {
        SealedText sealed = sealed(Actors.bob().publicPayload("hi all", TS));

        assertThat(Opener.publicText(sealed, "send me money"))
                .isEqualTo(new Opening.Text("send me money", false));
    }

    @Test
    void shouldTakeAPlainTextForSignedWhereItStandsForTheCiphertext() {
        assertThat(Opener.publicText(new SealedText("hi all", "", ""), "hi all"))
                .isEqualTo(new Opening.Text("hi all", true));
    }

    @Test
    void shouldSayWhenAPublicTextIsUnreadable() {
        String notUtf8 = Base64Url.encode(new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThat(Opener.publicText(new SealedText(notUtf8, "", ""), null))
                .isInstanceOf(Opening.Unreadable.class);
        assertThat(Opener.publicText(new SealedText("two words", "", ""), null))
                .isInstanceOf(Opening.Unreadable.class);
    }

    @Test
    void shouldSignPayloadsAsServersCheckThem() {
        Payload payload = Actors.bob().publicPayload("naïve", TS);
        byte[] signature = Base64Url.decode(Actors.bob().transportSig(payload));

        assertThat(new String(payload.canonical(), StandardCharsets.US_ASCII))
                .contains("na\\u00efve");
        assertThat(verifier.verifies(TestKeys.BOB.publicKey(), payload.canonical(), signature))
                .isTrue();
    }

    private static SealedText sealedForAlice(String text) {
        return Actors.bob().direct(text, Actors.ALICE, TestKeys.ALICE.publicKey(), TS);
    }

    private boolean holds(SealedText sealed, long ts) {
        return ContentSignature.holdsDirect(
                verifier, TestKeys.BOB.publicKey(), sealed, Actors.BOB, Actors.ALICE, ts);
    }

    private static SealedText sealed(Payload payload) {
        return new SealedText(
                text(payload, "ciphertext"),
                text(payload, "sender_pub"),
                text(payload, "content_sig"));
    }

    private static String text(Payload payload, String name) {
        return ((JsonText) payload.members().get(name)).value();
    }
}
