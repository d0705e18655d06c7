package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.CapturedConversation;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.verify.ContentSignature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the clients of other implementations said to their own servers, said to our relay: each must
 * get what it needs to show it. Carol is our own client.
 */
class CaptureReplayTest {

    private final SimulatedMesh mesh = new SimulatedMesh(12);
    private final SimulatedUser carol = mesh.user(CAROL);
    private SimulatedRelay relay;
    private ScriptedEnd alice;
    private ScriptedEnd bob;

    @BeforeEach
    void startRelay() {
        relay = mesh.relay(A).start(List.of());
        mesh.run(Duration.ofSeconds(1));
        carol.connect(relay);
        mesh.run(Duration.ofSeconds(1));
        alice = mesh.dial(relay);
        bob = mesh.dial(relay);
    }

    @Test
    void shouldServeClientOfFengyuan213() {
        replay(
                new CapturedConversation("fengyuan213", "A", KeyContainer.PEM_BASE64URL)
                        .with("alice->server", "aaaaaaaa-1111-4111-8111-111111111111", ALICE)
                        .with("bob->server", "bbbbbbbb-2222-4222-8222-222222222222", BOB));

        assertThat(alice.errors()).isEmpty();
        assertThat(bob.errors()).isEmpty();
        for (ScriptedEnd end : List.of(alice, bob)) {
            assertThat(end.received()).allSatisfy(CaptureReplayTest::assertReadsByFengyuan213);
            assertAdvertised(end, CAROL, KeyContainer.PEM_BASE64URL);
        }
        assertAdvertised(alice, BOB, KeyContainer.PEM_BASE64URL);
        assertAdvertised(bob, ALICE, KeyContainer.PEM_BASE64URL);
        assertDelivered(bob, ALICE, BOB, "A", KeyContainer.PEM_BASE64URL);
        assertDelivered(alice, BOB, ALICE, "A", KeyContainer.PEM_BASE64URL);
        Envelope said = only(bob, "MSG_PUBLIC_CHANNEL");
        assertThat(said.to()).isEqualTo("public");
        assertThat(said.from()).isEqualTo(ALICE.id().value());
        assertThat(text(said, "sender_pub"))
                .isEqualTo(ALICE.key().text(KeyContainer.PEM_BASE64URL));
        assertThat(
                        ContentSignature.holdsPublic(
                                new SignatureVerifier(),
                                ALICE.key(),
                                sealed(said),
                                ALICE.id(),
                                said.ts()))
                .isTrue();
        assertFileInOrder(bob, 4);

        bob.close();
        mesh.run(Duration.ofSeconds(1));
        assertThat(text(only(alice, "USER_REMOVE"), "user_id")).isEqualTo(BOB.id().value());
        assertThat(alice.received()).allSatisfy(CaptureReplayTest::assertReadsByFengyuan213);
    }

    @Test
    void shouldServeClientOfWillLehmann() {
        replay(
                new CapturedConversation("willlehmann", "C", KeyContainer.PEM_TEXT)
                        .with("alice->server1", "0ea5bacd-a46d-4ba7-b596-b50ee9b5ed85", ALICE)
                        .with("bob->server1", "2abc25b4-252e-447c-8b00-6383e7784df6", BOB)
                        .naming("4d73a612-3723-43ac-9072-be8e257477e4", CAROL));

        assertThat(alice.errors()).isEmpty();
        assertThat(bob.errors()).isEmpty();
        assertAdvertised(alice, BOB, KeyContainer.PEM_TEXT);
        assertAdvertised(alice, CAROL, KeyContainer.PEM_TEXT);
        assertAdvertised(bob, ALICE, KeyContainer.PEM_TEXT);
        assertDelivered(bob, ALICE, BOB, "C", KeyContainer.PEM_TEXT);
        assertDelivered(alice, BOB, ALICE, "C", KeyContainer.PEM_TEXT);
        assertDelivered(carol.link(), ALICE, CAROL, "C", KeyContainer.DER_BASE64URL);
        for (Envelope got : List.of(only(bob, "USER_DELIVER"), only(bob, "MSG_PUBLIC_CHANNEL"))) {
            assertThat(text(got, "from")).isEqualTo(ALICE.id().value());
            assertThat(field(got, "ts")).isEqualTo(JsonNumber.of(got.ts()));
        }
        assertThat(text(only(bob, "MSG_PUBLIC_CHANNEL"), "text")).isEqualTo("hello-all");
        assertThat(text(only(carol.link(), "MSG_PUBLIC_CHANNEL"), "text")).isEqualTo("hello-all");
        assertFileInOrder(bob, 2);
        for (ScriptedEnd end : List.of(alice, bob)) {
            assertThat(end.received("USER_LIST"))
                    .isNotEmpty()
                    .allSatisfy(e -> assertThat(listed(e)).contains(CAROL.id().value()));
        }
        assertThat(listed(bob.received("USER_LIST").getLast())).hasSize(3);
    }

    @Test
    void shouldServeClientOfTroublesome12() {
        replay(
                new CapturedConversation("troublesome12", "D", KeyContainer.DER_BASE64URL)
                        .with("alice->master", "Alice", ALICE)
                        .with("bob->local", "Bob", BOB));

        assertThat(alice.errors()).isEmpty();
        assertThat(bob.errors()).isEmpty();
        assertThat(listed(only(alice, "USER_LIST")))
                .containsExactly(ALICE.id().value(), BOB.id().value(), CAROL.id().value());
        for (var asked : Map.of(alice, BOB, bob, ALICE).entrySet()) {
            Envelope key = only(asked.getKey(), "USER_DB_USER");
            assertThat(text(key, "user_id")).isEqualTo(asked.getValue().id().value());
            assertThat(field(key, "found")).isEqualTo(JsonLiteral.TRUE);
            assertThat(text(key, "pubkey"))
                    .isEqualTo(asked.getValue().key().text(KeyContainer.DER_BASE64URL));
        }
        assertDelivered(bob, ALICE, BOB, "D", KeyContainer.DER_BASE64URL);
        assertDelivered(alice, BOB, ALICE, "D", KeyContainer.DER_BASE64URL);
        Envelope said = only(bob, "MSG_PUBLIC_CHANNEL");
        assertThat(text(said, "from")).isEqualTo(ALICE.id().value());
        assertThat(text(said, "text")).isEqualTo("hello everyone");
        assertThat(text(said, "channel")).isEqualTo("public");
        assertThat(field(said, "ts")).isEqualTo(JsonNumber.of(said.ts()));
        assertThat(text(only(carol.link(), "MSG_PUBLIC_CHANNEL"), "text"))
                .isEqualTo("hello everyone");
        assertFileInOrder(bob, 2);
        assertThat(text(only(bob, "FILE_START"), "sender")).isEqualTo(ALICE.id().value());
    }

    /** Says everything in the order of the capture, with time for the answers between. */
    private void replay(CapturedConversation conversation) {
        for (CapturedConversation.Said said : conversation.inOrder()) {
            ScriptedEnd end = said.by().equals(ALICE) ? alice : bob;
            end.send(said.at(mesh.now().epochMs()));
            mesh.run(Duration.ofMillis(300));
        }
    }

    /** What that client's parser demands of every frame. */
    private static void assertReadsByFengyuan213(Envelope frame) {
        assertThat(frame.sig()).isNotEmpty();
        assertThat(IdRule.UUID_V4.accepts(frame.from())).isTrue();
        assertThat(
                        frame.to().equals("*")
                                || frame.to().equals("public")
                                || IdRule.UUID_V4.accepts(frame.to()))
                .isTrue();
    }

    private static void assertAdvertised(ScriptedEnd end, Person user, KeyContainer keys) {
        Envelope got =
                end.received("USER_ADVERTISE").stream()
                        .filter(e -> text(e, "user_id").equals(user.id().value()))
                        .findFirst()
                        .orElseThrow();
        assertThat(text(got, "server_id")).isEqualTo(A.id().value());
        assertThat(text(got, "pubkey")).isEqualTo(user.key().text(keys));
        assertThat(((JsonObject) field(got, "meta")).get("pubkey"))
                .isEqualTo(new JsonText(user.key().text(keys)));
    }

    private static void assertDelivered(
            ScriptedEnd end, Person author, Person reader, String layout, KeyContainer keys) {
        Envelope got = only(end, "USER_DELIVER");
        assertThat(got.from()).isEqualTo(A.id().value());
        assertThat(text(got, "sender")).isEqualTo(author.id().value());
        assertThat(text(got, "sender_pub")).isEqualTo(author.key().text(keys));
        Optional<ContentSignature> held =
                ContentSignature.layoutOfDirect(
                        new SignatureVerifier(),
                        author.key(),
                        sealed(got),
                        author.id(),
                        new UserId(reader.id().value()),
                        got.ts());
        assertThat(held).isEqualTo(ContentSignature.lettered(layout));
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        A.key(),
                                        got.payload().canonical(),
                                        Base64Url.decode(got.sig())))
                .isTrue();
    }

    private static void assertFileInOrder(ScriptedEnd end, int chunks) {
        List<Envelope> parts =
                end.received().stream().filter(e -> e.type().startsWith("FILE_")).toList();
        assertThat(parts).hasSize(chunks + 2);
        assertThat(parts.getFirst().type()).isEqualTo("FILE_START");
        assertThat(field(parts.getFirst(), "size")).isEqualTo(JsonNumber.of(600));
        assertThat(text(parts.getFirst(), "mode")).isEqualTo("dm");
        assertThat(parts.getLast().type()).isEqualTo("FILE_END");
        for (int i = 0; i < chunks; i++) {
            assertThat(parts.get(i + 1).type()).isEqualTo("FILE_CHUNK");
            assertThat(field(parts.get(i + 1), "index")).isEqualTo(JsonNumber.of(i));
        }
        assertThat(parts)
                .allSatisfy(p -> {
                    assertThat(p.from()).isEqualTo(ALICE.id().value());
                    assertThat(text(p, "file_id")).isEqualTo(text(parts.getFirst(), "file_id"));
                });
    }

    private static Envelope only(ScriptedEnd end, String type) {
        assertThat(end.received(type)).hasSize(1);
        return end.received(type).getFirst();
    }

    private static SealedText sealed(Envelope got) {
        return new SealedText(
                text(got, "ciphertext"), text(got, "sender_pub"), text(got, "content_sig"));
    }

    private static List<String> listed(Envelope list) {
        return ((JsonArray) field(list, "users"))
                .elements().stream().map(id -> ((JsonText) id).value()).toList();
    }

    private static JsonValue field(Envelope envelope, String name) {
        return envelope.payload().members().get(name);
    }
}
