package io.socp.relay.dialect;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.dialect.Dialect.Manner;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.SealedText;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import io.socp.relay.testing.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserFramesTest {

    private static final long TS = VirtualClock.START_EPOCH_MS;
    private static final Dialect PAYLOAD_ADDRESSED =
            new Dialect(KeyContainer.PEM_TEXT, Manner.PAYLOAD_ADDRESSED);
    private static final Dialect PUBLIC_ADDRESSED =
            new Dialect(KeyContainer.PEM_BASE64URL, Manner.PUBLIC_ADDRESSED);
    private static final Dialect SERVER_PREFIXED =
            new Dialect(KeyContainer.DER_BASE64URL, Manner.SERVER_PREFIXED);
    private static final Dialect OWN = new Dialect(KeyContainer.DER_BASE64URL, Manner.OWN);
    private static final Set<Dialect> ALL =
            Set.of(PAYLOAD_ADDRESSED, PUBLIC_ADDRESSED, SERVER_PREFIXED);

    private final UserFrames frames = new UserFrames(A.id().value());
    private final FrameSigner signer = new FrameSigner(A.keys().signer()::sign);

    @Test
    void shouldDeliverTheStandardsFieldsToStandardReader() {
        Envelope got = sent(frames.deliver(deliver(ALICE.key().text()), Dialect.STANDARD, null));

        assertThat(got.payload().members().members())
                .isEqualTo(
                        Map.of(
                                "sender", new JsonText(ALICE.id().value()),
                                "ciphertext", new JsonText("Y2lwaGVy"),
                                "sender_pub", new JsonText(ALICE.key().text()),
                                "content_sig", new JsonText("c2ln")));
        assertThat(got.from()).isEqualTo(A.id().value());
        assertThat(got.to()).isEqualTo(BOB.id().value());
        assertThat(got.ts()).isEqualTo(TS);
        assertSignedByUs(got);
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldPutSendersKeyInReadersContainer(KeyContainer reader) {
        Dialect dialect = new Dialect(reader, Manner.OWN);

        for (KeyContainer written : KeyContainer.values()) {
            UserDeliver message = deliver(ALICE.key().text(written));
            Envelope got = sent(frames.deliver(message, dialect, null));

            assertThat(text(got, "sender_pub")).isEqualTo(ALICE.key().text(reader));
            assertThat(text(got, "ciphertext")).isEqualTo("Y2lwaGVy");
            assertThat(text(got, "content_sig")).isEqualTo("c2ln");
        }
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldFillInSendersKeyWhereItIsMissing(KeyContainer reader) {
        Dialect dialect = new Dialect(reader, Manner.OWN);

        Envelope known = sent(frames.deliver(deliver(""), dialect, ALICE.key()));
        Envelope unknown = sent(frames.deliver(deliver(""), dialect, null));

        assertThat(text(known, "sender_pub")).isEqualTo(ALICE.key().text(reader));
        assertThat(text(unknown, "sender_pub")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no key", "-----BEGIN nothing", "LS0tLS1CRUdJTiAtLS0", "****"})
    void shouldPassOnUnreadableSenderKeyAsItIs(String senderPub) {
        for (KeyContainer keys : KeyContainer.values()) {
            Dialect dialect = new Dialect(keys, Manner.OWN);

            Envelope got = sent(frames.deliver(deliver(senderPub), dialect, ALICE.key()));

            assertThat(text(got, "sender_pub")).isEqualTo(senderPub);
        }
    }

    @Test
    void shouldWriteAddressesAndTimeInsideThePayloadForThoseWhoLookThere() {
        Envelope got = sent(frames.deliver(deliver(""), PAYLOAD_ADDRESSED, ALICE.key()));

        assertThat(text(got, "from")).isEqualTo(ALICE.id().value());
        assertThat(text(got, "to")).isEqualTo(BOB.id().value());
        assertThat(field(got, "ts")).isEqualTo(JsonNumber.of(TS));
        assertThat(text(got, "sender")).isEqualTo(ALICE.id().value());
        assertSignedByUs(got);
    }

    @Test
    void shouldPassPublicTextUnchangedToReadersOfTheStandard() {
        Envelope received = publicText("hello").received();
        FrameVersions versions = passedOn(received, ALL);

        for (OutboundFrame frame : List.of(versions.standard(), versions.in(OWN))) {
            assertThat(frame.bytes(signer)).isEqualTo(received.bytes());
        }
    }

    @Test
    void shouldAddressPublicTextToPublicAndConvertKeyForPemBase64Reader() {
        Envelope received = publicText("hello").to("all").received();
        Envelope got = sent(passedOn(received, ALL).in(PUBLIC_ADDRESSED));

        assertThat(got.to()).isEqualTo("public");
        assertThat(text(got, "sender_pub")).isEqualTo(ALICE.key().text(KeyContainer.PEM_BASE64URL));
        assertUntouched(got, received);
        assertThat(got.payload().members().members()).doesNotContainKey("text");
        assertSignedByUs(got);
    }

    @Test
    void shouldGivePemBase64ReaderTheAuthorsFrameWhereNothingHasToChange() {
        Envelope received =
                publicText("hello")
                        .with("sender_pub", ALICE.key().text(KeyContainer.PEM_BASE64URL))
                        .received();

        assertThat(passedOn(received, ALL).in(PUBLIC_ADDRESSED).bytes(signer))
                .isEqualTo(received.bytes());
    }

    @Test
    void shouldWriteAuthorTimeChannelAndTextForThoseWhoShowThem() {
        Envelope received = publicText("grüß dich, \uD83D\uDE00").received();

        for (Dialect dialect : Set.of(PAYLOAD_ADDRESSED, SERVER_PREFIXED)) {
            Envelope got = sent(passedOn(received, ALL).in(dialect));

            assertThat(text(got, "from")).isEqualTo(ALICE.id().value());
            assertThat(field(got, "ts")).isEqualTo(JsonNumber.of(TS));
            assertThat(text(got, "channel")).isEqualTo("public");
            assertThat(text(got, "text")).isEqualTo("grüß dich, \uD83D\uDE00");
            assertThat(text(got, "sender_pub")).isEqualTo(ALICE.key().text(dialect.keys()));
            assertUntouched(got, received);
            assertSignedByUs(got);
        }
    }

    @ParameterizedTest
    @CsvSource({"gICA", "not base64!", "_w", "ww"})
    void shouldAddNoTextWhereCiphertextIsNotPlain(String ciphertext) {
        Envelope received = Envelopes.msgPublic(ALICE).with("ciphertext", ciphertext).received();

        Envelope got = sent(passedOn(received, ALL).in(PAYLOAD_ADDRESSED));

        assertThat(got.payload().members().members()).doesNotContainKey("text");
        assertThat(text(got, "ciphertext")).isEqualTo(ciphertext);
    }

    @Test
    void shouldKeepTheTextTheAuthorWrote() {
        Envelope received = publicText("hello").with("text", "written").received();

        Envelope got = sent(passedOn(received, ALL).in(PAYLOAD_ADDRESSED));

        assertThat(text(got, "text")).isEqualTo("written");
    }

    @Test
    void shouldReplaceAuthorsClaimsAboutItselfInThePayload() {
        Envelope received =
                publicText("hello").with("from", BOB.id().value()).with("ts", 1).received();

        Envelope got = sent(passedOn(received, ALL).in(SERVER_PREFIXED));

        assertThat(text(got, "from")).isEqualTo(ALICE.id().value());
        assertThat(field(got, "ts")).isEqualTo(JsonNumber.of(TS));
    }

    @Test
    void shouldPassUnknownMembersOfPublicText() {
        Envelope received = publicText("hello").with("mood", "good").received();

        assertThat(text(sent(passedOn(received, ALL).in(PAYLOAD_ADDRESSED)), "mood"))
                .isEqualTo("good");
    }

    @Test
    void shouldNameSenderInFileStartForThoseWhoLookThere() {
        Envelope start = Envelopes.fileStart(ALICE, BOB.id()).with("sender", "liar").received();
        FrameVersions versions = passedOn(start, ALL);

        Envelope got = sent(versions.in(SERVER_PREFIXED));

        assertThat(text(got, "sender")).isEqualTo(ALICE.id().value());
        assertThat(text(got, "sha256")).isEqualTo(text(start, "sha256"));
        assertThat(got.to()).isEqualTo(start.to());
        assertSignedByUs(got);
        assertThat(versions.in(PAYLOAD_ADDRESSED).bytes(signer)).isEqualTo(start.bytes());
        assertThat(versions.standard().bytes(signer)).isEqualTo(start.bytes());
    }

    @Test
    void shouldPassFileChunksAndEndsUnchangedToEveryone() {
        for (EnvelopeBuilder part :
                List.of(Envelopes.fileChunk(ALICE, "public"), Envelopes.fileEnd(ALICE, "public"))) {
            Envelope received = part.received();

            assertThat(passedOn(received, ALL).all())
                    .allSatisfy(f -> assertThat(f.bytes(signer)).isEqualTo(received.bytes()));
        }
    }

    @Test
    void shouldMakeVersionsOnlyForDialectsInUse() {
        FrameVersions versions = passedOn(publicText("hello").received(), Set.of(SERVER_PREFIXED));

        assertThat(versions.others()).containsOnlyKeys(SERVER_PREFIXED);
        assertThat(versions.all()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldAdvertiseInOurNameWithKeyInBothPlaces(KeyContainer keys) {
        JsonObject meta = JsonObject.builder().put("display_name", "Al").put("pubkey", "x").build();
        var advertise = new UserAdvertise(B.id(), ALICE.id(), B.id(), TS, ALICE.key(), meta);

        Envelope got = sent(frames.advertise(advertise, keys, false));

        String key = ALICE.key().text(keys);
        assertThat(text(got, "pubkey")).isEqualTo(key);
        JsonObject gotMeta = (JsonObject) field(got, "meta");
        assertThat(gotMeta.get("pubkey")).isEqualTo(new JsonText(key));
        assertThat(gotMeta.get("display_name")).isEqualTo(new JsonText("Al"));
        assertThat(text(got, "server_id")).isEqualTo(B.id().value());
        assertThat(text(got, "user_id")).isEqualTo(ALICE.id().value());
        assertThat(got.ts()).isEqualTo(TS);
        assertThat(got.from()).isEqualTo(A.id().value());
        assertSignedByUs(got);
    }

    @Test
    void shouldAdvertiseUserWhoseKeyIsNotKnown() {
        var advertise = new UserAdvertise(B.id(), ALICE.id(), B.id(), TS, null, JsonObject.EMPTY);

        Envelope got = sent(frames.advertise(advertise, KeyContainer.PEM_TEXT, false));

        assertThat(got.payload().members().members()).doesNotContainKey("pubkey");
    }

    private FrameVersions passedOn(Envelope received, Set<Dialect> inUse) {
        return frames.passedOn(
                received,
                (Authored) Stages.message(received),
                OutboundFrame.asReceived(received),
                inUse);
    }

    private static EnvelopeBuilder publicText(String text) {
        return Envelopes.msgPublic(ALICE).with("ciphertext", Envelopes.sealed(text));
    }

    private static UserDeliver deliver(String senderPub) {
        return new UserDeliver(
                A.id(), BOB.id(), ALICE.id(), TS, new SealedText("Y2lwaGVy", senderPub, "c2ln"));
    }

    private Envelope sent(OutboundFrame frame) {
        return EnvelopeBuilder.decode(frame.bytes(signer));
    }

    private static JsonValue field(Envelope envelope, String name) {
        return envelope.payload().members().get(name);
    }

    private static void assertUntouched(Envelope got, Envelope received) {
        assertThat(got.from()).isEqualTo(received.from());
        assertThat(got.ts()).isEqualTo(received.ts());
        for (String name : List.of("ciphertext", "content_sig")) {
            assertThat(text(got, name).getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(text(received, name).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void assertSignedByUs(Envelope envelope) {
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        A.key(),
                                        envelope.payload().canonical(),
                                        Base64Url.decode(envelope.sig())))
                .isTrue();
    }
}
