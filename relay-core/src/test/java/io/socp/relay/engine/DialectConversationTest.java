package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ForeignHellos;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One client of each kind on relay A, and our own on relay B. */
class DialectConversationTest {

    private static final Person DAVE =
            new Person(new UserId("dddddddd-0000-4000-8000-000000000004"), TestKeys.MALLORY);
    private static final Person EVE =
            new Person(new UserId("eeeeeeee-0000-4000-8000-000000000005"), TestKeys.SERVER_C);

    /** Lives on a relay that the test plays. */
    private static final Person GUEST =
            new Person(new UserId("99999999-0000-4000-8000-000000000009"), TestKeys.SERVER_B);

    private final SimulatedMesh mesh = new SimulatedMesh(77);
    private final SimulatedUser pem = mesh.user(ALICE);
    private final SimulatedUser pem64 = mesh.user(BOB);
    private final SimulatedUser prefixed = mesh.user(CAROL);
    private final SimulatedUser plain = mesh.user(DAVE);
    private final SimulatedUser own = mesh.user(EVE);
    private SimulatedRelay a;
    private SimulatedRelay b;

    @BeforeEach
    void connectClientsOfEachKind() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.UNPINNED);
        a = relays.get(0);
        b = relays.get(1);
        mesh.run(Duration.ofSeconds(10));
        pem.hello(a, ForeignHellos.pemText(ALICE));
        pem64.hello(a, ForeignHellos.pemBase64(BOB));
        prefixed.hello(a, ForeignHellos.serverPrefixed(CAROL));
        plain.connectPlainly(a);
        settle();
        own.connect(b);
        settle();
    }

    @Test
    void shouldAdvertiseNewcomersKeyInContainerOfEachLink() {
        assertAdvertised(pem, EVE, KeyContainer.PEM_TEXT);
        assertAdvertised(pem64, EVE, KeyContainer.PEM_BASE64URL);
        assertAdvertised(prefixed, EVE, KeyContainer.DER_BASE64URL);
        assertAdvertised(plain, EVE, KeyContainer.DER_BASE64URL);
        assertSignedBy(advertised(pem, EVE), A.key());
        assertThat(advertised(pem, EVE).from()).isEqualTo(A.id().value());
        assertThat(text(advertised(pem, EVE), "server_id")).isEqualTo(B.id().value());
    }

    @Test
    void shouldHandOnFrameOfHomeServerWhereItsContainerIsRead() {
        for (SimulatedUser reader : List.of(prefixed, plain)) {
            assertThat(advertised(reader, EVE).from()).isEqualTo(B.id().value());
            assertSignedBy(advertised(reader, EVE), B.key());
        }
        assertThat(advertised(prefixed, EVE).bytes()).isEqualTo(advertised(plain, EVE).bytes());
    }

    @Test
    void shouldConvertKeysForThoseWhoComeLate() {
        pem.disconnect();
        plain.disconnect();
        settle();
        pem.hello(b, ForeignHellos.pemText(ALICE));
        plain.connectPlainly(b);
        settle();

        assertAdvertised(pem, BOB, KeyContainer.PEM_TEXT);
        assertAdvertised(pem, CAROL, KeyContainer.PEM_TEXT);
        assertAdvertised(plain, ALICE, KeyContainer.DER_BASE64URL);
        assertAdvertised(plain, BOB, KeyContainer.DER_BASE64URL);
        assertThat(advertised(plain, BOB).from()).isEqualTo(B.id().value());
        assertThat(advertised(plain, CAROL).from()).isEqualTo(A.id().value());
        assertSignedBy(advertised(plain, CAROL), A.key());
    }

    @Test
    void shouldPassOnHybridKeyOfferInMeta() {
        JsonObject ext =
                JsonObject.builder()
                        .put("hybrid", JsonNumber.of(1))
                        .put("presence", "ask")
                        .put("secret", "no")
                        .build();
        own.disconnect();
        settle();
        own.hello(b, Envelopes.userHello(EVE).with("ext", ext));
        settle();

        for (SimulatedUser reader : List.of(pem, plain)) {
            var meta = (JsonObject) field(advertised(reader, EVE), "meta");
            assertThat(meta.get("ext"))
                    .isEqualTo(JsonObject.builder().put("hybrid", JsonNumber.of(1)).build());
        }
    }

    @Test
    void shouldDeliverWithKeyInReadersContainerAndAuthorsProofUntouched() {
        for (SimulatedUser reader : List.of(pem, pem64, prefixed, plain)) {
            Envelope sent = own.tell(reader.person(), "to each in turn");
            settle();

            Envelope got = reader.last("USER_DELIVER");
            assertDelivered(sent, got, EVE);
            assertSignedBy(got, A.key());
            assertThat(text(got, "sender_pub")).isEqualTo(text(advertised(reader, EVE), "pubkey"));
        }
    }

    @Test
    void shouldDeliverWithAddressesInPayloadToPemClientOnly() {
        Envelope sent = own.tell(ALICE, "hello");
        own.tell(DAVE, "hello");
        settle();

        Envelope got = pem.last("USER_DELIVER");
        assertThat(text(got, "from")).isEqualTo(EVE.id().value());
        assertThat(text(got, "to")).isEqualTo(ALICE.id().value());
        assertThat(field(got, "ts")).isEqualTo(JsonNumber.of(sent.ts()));
        assertThat(plain.last("USER_DELIVER").payload().members().members())
                .containsOnlyKeys("sender", "ciphertext", "sender_pub", "content_sig");
    }

    @Test
    void shouldFillInKeyThatAuthorLeftOutAcrossRelays() {
        Envelope sent = pem.send(Envelopes.msgDirect(ALICE, EVE).without("sender_pub"));
        settle();

        Envelope got = own.last("USER_DELIVER");
        assertDelivered(sent, got, ALICE);
        assertThat(text(got, "sender_pub")).isEqualTo(ALICE.key().text(KeyContainer.DER_BASE64URL));
    }

    @Test
    void shouldShowPublicTextToEachClientInItsOwnForm() {
        Envelope sent = own.tellAll("hello, all");
        settle();

        assertThat(one(plain).bytes()).isEqualTo(sent.bytes());
        assertThat(text(one(pem64), "sender_pub"))
                .isEqualTo(EVE.key().text(KeyContainer.PEM_BASE64URL));
        assertThat(one(pem64).to()).isEqualTo("public");
        for (SimulatedUser reader : List.of(pem, prefixed)) {
            assertThat(text(one(reader), "text")).isEqualTo("hello, all");
            assertThat(text(one(reader), "from")).isEqualTo(EVE.id().value());
            assertThat(text(one(reader), "channel")).isEqualTo("public");
            assertThat(field(one(reader), "ts")).isEqualTo(JsonNumber.of(sent.ts()));
        }
        for (SimulatedUser reader : List.of(pem, pem64, prefixed)) {
            assertSignedBy(one(reader), A.key());
            assertThat(one(reader).from()).isEqualTo(EVE.id().value());
            assertThat(one(reader).ts()).isEqualTo(sent.ts());
            assertThat(text(one(reader), "ciphertext")).isEqualTo(text(sent, "ciphertext"));
            assertThat(text(one(reader), "content_sig")).isEqualTo(text(sent, "content_sig"));
        }
    }

    @Test
    void shouldPassPublicTextOfForeignClientToPeersByteForByte() {
        Envelope sent = prefixed.send(Envelopes.msgPublic(CAROL).to("server_*"));
        settle();

        assertThat(one(own).bytes()).isEqualTo(sent.bytes());
        assertThat(one(plain).bytes()).isEqualTo(sent.bytes());
        assertThat(one(pem64).to()).isEqualTo("public");
        assertThat(prefixed.received("MSG_PUBLIC_CHANNEL")).isEmpty();
    }

    @Test
    void shouldDropSecondCopyOfMessage() {
        Envelope sent = own.tellAll("once");
        own.link().send(sent);
        settle();
        own.link().send(sent);
        settle();

        assertThat(plain.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(pem.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(own.link().errors()).isEmpty();
    }

    @Test
    void shouldNameSenderOfFileToServerPrefixedClientOnly() {
        own.send(Envelopes.fileStart(EVE, CAROL.id()));
        Envelope toPlain = own.send(Envelopes.fileStart(EVE, DAVE.id()));
        settle();

        assertThat(text(prefixed.last("FILE_START"), "sender")).isEqualTo(EVE.id().value());
        assertSignedBy(prefixed.last("FILE_START"), A.key());
        assertThat(plain.last("FILE_START").bytes()).isEqualTo(toPlain.bytes());
    }

    @Test
    void shouldVouchForUnsignedFileOfItsUserAcrossRelays() {
        prefixed.send(Envelopes.fileStart(CAROL, EVE.id()).unsigned());
        prefixed.send(Envelopes.fileChunk(CAROL, EVE.id()).unsigned());
        prefixed.send(Envelopes.fileEnd(CAROL, EVE.id()).unsigned());
        settle();

        List<Envelope> parts = fileParts(own.link());
        assertThat(parts)
                .extracting(Envelope::type)
                .containsExactly("FILE_START", "FILE_CHUNK", "FILE_END");
        assertThat(parts).allSatisfy(p -> assertThat(p.from()).isEqualTo(CAROL.id().value()));
        assertThat(parts).allSatisfy(p -> assertSignedBy(p, B.key()));
        assertThat(prefixed.link().errors()).isEmpty();
    }

    @Test
    void shouldSignUnsignedFileForItsOwnUsersToo() {
        prefixed.send(Envelopes.fileStart(CAROL, "public").unsigned());
        prefixed.send(Envelopes.fileChunk(CAROL, "public").unsigned());
        settle();

        for (SimulatedUser reader : List.of(pem, pem64, plain)) {
            assertThat(fileParts(reader.link()))
                    .hasSize(2)
                    .allSatisfy(p -> assertSignedBy(p, A.key()));
        }
        assertThat(fileParts(own.link())).hasSize(2);
    }

    @Test
    void shouldTakeServersSignatureOnlyForUsersThatServerHosts() {
        ScriptedEnd peer = mesh.dial(a);
        peer.send(Envelopes.serverAnnounce(MALLORY).ts(mesh.now().epochMs()).build());
        peer.send(Envelopes.advertise(MALLORY, GUEST).ts(mesh.now().epochMs()).build());
        settle();

        long now = mesh.now().epochMs();
        peer.send(hopSigned(Envelopes.msgPublic(GUEST)).ts(now).build());
        peer.send(hopSigned(Envelopes.fileEnd(GUEST, DAVE.id())).ts(now).build());
        peer.send(hopSigned(Envelopes.msgPublic(EVE)).ts(now).build());
        peer.send(hopSigned(Envelopes.fileEnd(EVE, DAVE.id())).ts(now).build());
        peer.send(hopSigned(Envelopes.fileEnd(ALICE, DAVE.id())).ts(now).build());
        peer.send(
                Envelopes.fileEnd(GUEST, DAVE.id())
                        .with("file_id", "2")
                        .unsigned()
                        .ts(now)
                        .build());
        settle();

        assertThat(one(plain).from()).isEqualTo(GUEST.id().value());
        assertThat(fileParts(plain.link()))
                .singleElement()
                .satisfies(p -> assertThat(p.from()).isEqualTo(GUEST.id().value()))
                .satisfies(p -> assertSignedBy(p, A.key()));
    }

    @ParameterizedTest
    @CsvSource({
        "CMD_LIST, USER_LIST",
        "USER_LIST_REQ, USER_LIST",
        "LIST_USERS, USER_LIST",
        "GET_ONLINE_USERS, ONLINE_USERS",
        "LIST_REQUEST, LIST_RESPONSE"
    })
    void shouldListEveryoneInTheWordsOfTheQuestion(String question, String answer) {
        pem.send(ForeignHellos.frame(question, ALICE, ""));
        settle();

        Envelope got = pem.last(answer);
        assertThat(field(got, "users")).isEqualTo(ids(ALICE, BOB, CAROL, DAVE, EVE));
        assertThat(field(got, "online_users"))
                .isEqualTo(question.equals("LIST_REQUEST") ? field(got, "users") : null);
        assertThat(got.to()).isEqualTo(ALICE.id().value());
        assertSignedBy(got, A.key());
    }

    @ParameterizedTest
    @ValueSource(strings = {"USER_LIST_REQUEST", "LIST"})
    void shouldListKeysInContainerOfTheAsker(String question) {
        pem64.send(ForeignHellos.frame(question, BOB, "server"));
        settle();

        List<JsonValue> rows = ((JsonArray) field(pem64.last("USER_LIST"), "users")).elements();
        assertThat(rows).hasSize(5);
        JsonObject eve = (JsonObject) rows.getLast();
        assertThat(eve.get("user_id")).isEqualTo(new JsonText(EVE.id().value()));
        assertThat(eve.get("server_id")).isEqualTo(new JsonText(B.id().value()));
        assertThat(eve.get("pubkey"))
                .isEqualTo(new JsonText(EVE.key().text(KeyContainer.PEM_BASE64URL)));
    }

    @Test
    void shouldAnswerListRequestInPagesToOurOwnClientAndInIdsToOthers() {
        own.askList();
        plain.askList();
        settle();

        assertThat(own.listed()).hasSize(5);
        assertThat(own.last("LIST_RESPONSE").payload().members().members())
                .containsOnlyKeys("users", "next");
        assertThat(field(plain.last("LIST_RESPONSE"), "online_users"))
                .isEqualTo(ids(ALICE, BOB, CAROL, DAVE, EVE));
    }

    @ParameterizedTest
    @CsvSource({
        "PUBKEY_REQUEST, user_id, PUBKEY_RESPONSE, pubkey",
        "USER_DB_GET, user_id, USER_DB_USER, pubkey",
        "PUB_KEY_REQUEST, recipient_uuid, PUB_KEY, recipient_pub"
    })
    void shouldAnswerKeyQuestionsOfEveryClientKnownOrNot(
            String question, String userField, String answer, String keyField) {
        String nobody = "00000000-0000-4000-8000-000000000000";
        prefixed.send(
                ForeignHellos.frame(question, CAROL, "server_*")
                        .with(userField, ALICE.id().value()));
        prefixed.send(ForeignHellos.frame(question, CAROL, "server_*").with(userField, nobody));
        settle();

        List<Envelope> answers = prefixed.received(answer);
        assertThat(answers).hasSize(2);
        assertThat(text(answers.getFirst(), keyField))
                .isEqualTo(ALICE.key().text(KeyContainer.DER_BASE64URL));
        assertThat(text(answers.getFirst(), userField)).isEqualTo(ALICE.id().value());
        assertThat(field(answers.getLast(), keyField)).isEqualTo(JsonLiteral.NULL);
        assertThat(prefixed.link().errors()).isEmpty();
    }

    @Test
    void shouldAnswerOurOwnClientInTheWordsOfItsQuestionToo() {
        own.send(ForeignHellos.frame("USER_DB_GET", EVE, "*").with("user_id", BOB.id().value()));
        settle();

        assertThat(text(own.last("USER_DB_USER"), "pubkey"))
                .isEqualTo(BOB.key().text(KeyContainer.DER_BASE64URL));
    }

    @Test
    void shouldHandOnFrameOfHomeServerThatNamesNoKey() {
        ScriptedEnd peer = mesh.dial(a);
        peer.send(Envelopes.serverAnnounce(MALLORY).ts(mesh.now().epochMs()).build());
        Envelope keyless =
                Envelopes.advertise(MALLORY, GUEST)
                        .without("pubkey")
                        .ts(mesh.now().epochMs())
                        .build();
        peer.send(keyless);
        settle();

        for (SimulatedUser reader : List.of(pem, pem64, plain)) {
            assertThat(advertised(reader, GUEST).bytes()).isEqualTo(keyless.bytes());
        }
    }

    @Test
    void shouldTakeHeartbeatsAndSelfAdvertisementsOfUsersWithoutAWord() {
        int before = plain.link().received().size();
        int known = own.link().received().size();
        prefixed.send(ForeignHellos.frame("HEARTBEAT", CAROL, "server_*"));
        pem.send(
                ForeignHellos.frame("USER_ADVERTISE", ALICE, "*")
                        .with("user_id", ALICE.id().value())
                        .with("pubkey", ALICE.key().text(KeyContainer.PEM_TEXT))
                        .with("meta", JsonObject.EMPTY)
                        .signedBy(ALICE.keys()));
        pem.send(
                ForeignHellos.frame("USER_REMOVE", ALICE, "")
                        .with("user_id", ALICE.id().value())
                        .with("location", "local")
                        .signedBy(ALICE.keys()));
        settle();

        assertThat(pem.link().errors()).isEmpty();
        assertThat(prefixed.link().errors()).isEmpty();
        assertThat(plain.link().received()).hasSize(before);
        assertThat(own.link().received()).hasSize(known);
        own.askList();
        settle();
        assertThat(own.listed()).contains(ALICE.id().value());
    }

    @Test
    void shouldRefuseToRemoveOrAdvertiseSomebodyElseForAUser() {
        pem.send(ForeignHellos.frame("USER_REMOVE", ALICE, "").with("user_id", BOB.id().value()));
        settle();
        own.askList();
        settle();

        assertThat(pem.link().errors()).hasSize(1);
        assertThat(own.listed()).contains(BOB.id().value());
    }

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }

    private static EnvelopeBuilder hopSigned(EnvelopeBuilder builder) {
        return builder.contentSig("").signedBy(MALLORY.keys());
    }

    private static Envelope one(SimulatedUser reader) {
        List<Envelope> texts = reader.received("MSG_PUBLIC_CHANNEL");
        assertThat(texts).hasSize(1);
        return texts.getFirst();
    }

    private static List<Envelope> fileParts(ScriptedEnd link) {
        return link.received().stream().filter(e -> e.type().startsWith("FILE_")).toList();
    }

    private static Envelope advertised(SimulatedUser reader, Person user) {
        return reader.received("USER_ADVERTISE").stream()
                .filter(e -> text(e, "user_id").equals(user.id().value()))
                .reduce((_, later) -> later)
                .orElseThrow();
    }

    private static void assertAdvertised(SimulatedUser reader, Person user, KeyContainer keys) {
        Envelope got = advertised(reader, user);
        assertThat(text(got, "pubkey")).isEqualTo(user.key().text(keys));
        assertThat(((JsonObject) field(got, "meta")).get("pubkey"))
                .isEqualTo(new JsonText(user.key().text(keys)));
    }

    private static JsonArray ids(Person... people) {
        return new JsonArray(
                Stream.of(people).<JsonValue>map(p -> new JsonText(p.id().value())).toList());
    }

    private static JsonValue field(Envelope envelope, String name) {
        return envelope.payload().members().get(name);
    }

    private static void assertDelivered(Envelope sent, Envelope got, Person author) {
        assertThat(got.ts()).isEqualTo(sent.ts());
        assertThat(text(got, "ciphertext")).isEqualTo(text(sent, "ciphertext"));
        assertThat(text(got, "content_sig")).isEqualTo(text(sent, "content_sig"));
        assertThat(
                        ContentSignature.holdsDirect(
                                new SignatureVerifier(),
                                author.key(),
                                new SealedText(
                                        text(got, "ciphertext"), "", text(got, "content_sig")),
                                new UserId(text(got, "sender")),
                                new UserId(got.to()),
                                got.ts()))
                .isTrue();
    }

    private static void assertSignedBy(Envelope envelope, RsaPublicKey key) {
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        key,
                                        envelope.payload().canonical(),
                                        Base64Url.decode(envelope.sig())))
                .isTrue();
    }
}
