package io.socp.relay.client.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.testing.Actors;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.Wrap;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The forms that our own clients use among themselves: nothing can be changed unnoticed. */
class HybridTest {

    private static final long TS = 1_790_000_000_123L;
    private static final Addressee ALICE =
            new Addressee(
                    Actors.ALICE,
                    TestKeys.ALICE.publicKey(),
                    ContentSignature.CONCATENATED_TEXT,
                    true);

    private final SignatureVerifier verifier = new SignatureVerifier();
    private final Opener alice = new Opener(TestKeys.ALICE.identity());

    @Test
    void shouldOpenALongText() {
        String text = "ü".repeat(Sealer.LONG_TEXT_BYTES_MAX / 2);

        SealedText sealed = Actors.bob().direct(text, ALICE, TS);

        assertThat(alice.direct(sealed)).isEqualTo(new Opening.Text(text, true));
        assertThat(new Opener(TestKeys.CAROL.identity()).direct(sealed))
                .isInstanceOf(Opening.Unreadable.class);
        assertThat(
                        ContentSignature.holdsDirect(
                                verifier,
                                TestKeys.BOB.publicKey(),
                                sealed,
                                Actors.BOB,
                                Actors.ALICE,
                                TS))
                .isTrue();
    }

    @Test
    void shouldRefuseALongerText() {
        assertThatThrownBy(() ->
                        Actors.bob().direct("x".repeat(Sealer.LONG_TEXT_BYTES_MAX + 1), ALICE, TS))
                .hasMessageContaining("65536");
    }

    @Test
    void shouldStayPlainWhileABlockHoldsTheText() {
        String text = "x".repeat(Sealer.DIRECT_BYTES_MAX);

        assertThat(bytes(Actors.bob().direct(text, ALICE, TS))).hasSize(512);
        assertThat(bytes(Actors.bob().direct(text + "x", ALICE, TS)))
                .hasSize(2 + 512 + 12 + 447 + 16);
    }

    @Test
    void shouldNoticeAChangeAnywhere() {
        byte[] sealed = bytes(Actors.bob().direct("x".repeat(500), ALICE, TS));

        for (int place : List.of(0, 1, 2, 513, 514, 525, 526, sealed.length - 1)) {
            byte[] changed = sealed.clone();
            changed[place] ^= 1;
            assertThat(alice.direct(new SealedText(Base64Url.encode(changed), "", "")))
                    .isInstanceOf(Opening.Unreadable.class);
        }
    }

    @ParameterizedTest
    @EnumSource(ContentSignature.class)
    void shouldSignInTheLayoutOfTheReader(ContentSignature layout) {
        Addressee reader = new Addressee(Actors.ALICE, TestKeys.ALICE.publicKey(), layout, false);

        SealedText sealed = Actors.bob().direct("hi", reader, TS);

        assertThat(
                        ContentSignature.layoutOfDirect(
                                verifier,
                                TestKeys.BOB.publicKey(),
                                sealed,
                                Actors.BOB,
                                Actors.ALICE,
                                TS))
                .contains(layout);
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldShowItsKeyInTheContainerOfTheReaders(KeyContainer container) {
        String text = TestKeys.ALICE.publicKey().text(container);
        RsaPublicKey key = ((KeyReading.Valid) RsaPublicKey.read(text)).key();

        SealedText sealed = Actors.bob().direct("hi", Actors.ALICE, key, TS);

        assertThat(sealed.senderPub()).isEqualTo(TestKeys.BOB.publicKey().text(container));
    }

    @Test
    void shouldBindAPieceToItsFileAndPlace() throws Exception {
        FileKey key = FileKey.random();
        byte[] sealed = key.seal("f1", 7, new byte[] {1, 2, 3});
        FileKey read =
                FileKey.unwrap(
                        key.wrappedFor(TestKeys.ALICE.publicKey()), TestKeys.ALICE.identity());

        assertThat(read.open("f1", 7, sealed)).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> read.open("f1", 8, sealed))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> read.open("f2", 7, sealed))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> FileKey.unwrap("?", TestKeys.ALICE.identity()))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() ->
                        FileKey.unwrap(
                                ChannelKey.random().wrappedFor(TestKeys.BOB.publicKey()),
                                TestKeys.ALICE.identity()))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void shouldBindAPublicTextToItsAuthorAndKey() throws Exception {
        ChannelKey key = ChannelKey.random();
        ChannelKey shared =
                ChannelKey.unwrap(
                        key.wrappedFor(TestKeys.ALICE.publicKey()), TestKeys.ALICE.identity());
        String ciphertext = key.seal("hi all", Actors.BOB);

        assertThat(ChannelKey.nameIn(ciphertext)).isEqualTo(key.name()).isEqualTo(shared.name());
        assertThat(shared.open(ciphertext, Actors.BOB)).isEqualTo(new Opening.Text("hi all", true));
        assertThat(shared.open(ciphertext, Actors.CAROL)).isInstanceOf(Opening.Unreadable.class);
        assertThat(ChannelKey.random().open(ciphertext, Actors.BOB))
                .isInstanceOf(Opening.Unreadable.class);
    }

    @Test
    void shouldNotTakeATextForEncrypted() {
        assertThat(ChannelKey.nameIn(Base64Url.encode("x".repeat(100).getBytes(US_ASCII))))
                .isNull();
        assertThat(ChannelKey.nameIn("no base64!")).isNull();
        assertThat(ChannelKey.nameIn("")).isNull();
    }

    @Test
    void shouldHoldTheCreatorToTheShares() {
        PublicChannelKeyShare share = Actors.bob().keyShare(ChannelKey.random(), List.of(ALICE));

        assertThat(KeyShares.hold(verifier, TestKeys.BOB.publicKey(), share)).isTrue();
        assertThat(KeyShares.hold(verifier, TestKeys.MALLORY.publicKey(), share)).isFalse();
        List<Wrap> others = List.of(new Wrap(Actors.CAROL.value(), "AAAA"));
        assertThat(
                        KeyShares.hold(
                                verifier,
                                TestKeys.BOB.publicKey(),
                                new PublicChannelKeyShare(
                                        share.from(),
                                        others,
                                        share.creatorPub(),
                                        share.contentSig())))
                .isFalse();
    }

    @Test
    void shouldSignTheRowsAsTheyStandInThePayload() {
        byte[] signed = KeyShares.signedBytes(List.of(new Wrap("m", "w")), "PUB");

        assertThat(new String(signed, US_ASCII))
                .isEqualTo("[{\"member\":\"m\",\"wrapped_public_channel_key\":\"w\"}]PUB");
    }

    @Test
    void shouldReadAReceiptAndNothingElse() {
        FileReceipt receipt =
                new FileReceipt(
                        "f1", FileReceipt.State.REFUSED, 12, "too long: " + "é".repeat(999));
        SealedText sealed = Actors.bob().receipt(receipt, ALICE, TS);

        assertThat(Opener.isReceipt(sealed)).isTrue();
        FileReceipt read = alice.receipt(sealed);
        assertThat(read.fileId()).isEqualTo("f1");
        assertThat(read.state()).isEqualTo(FileReceipt.State.REFUSED);
        assertThat(read.bytes()).isEqualTo(12);
        assertThat(read.reason()).startsWith("too long: é").doesNotContain("\ufffd");
        assertThat(new Opener(TestKeys.CAROL.identity()).receipt(sealed)).isNull();
        assertThat(Opener.isReceipt(Actors.bob().direct("hi", ALICE, TS))).isFalse();
        assertThat(FileReceipt.of("f1\nWHOLE\n-1\n".getBytes(US_ASCII))).isNull();
        assertThat(FileReceipt.of("f1\nSOME\n1\n".getBytes(US_ASCII))).isNull();
        assertThat(FileReceipt.of("f1\nWHOLE\n1".getBytes(US_ASCII))).isNull();
        assertThat(FileReceipt.of(new byte[] {(byte) 0xff})).isNull();
    }

    private static byte[] bytes(SealedText sealed) {
        return Base64Url.decode(sealed.ciphertext());
    }
}
