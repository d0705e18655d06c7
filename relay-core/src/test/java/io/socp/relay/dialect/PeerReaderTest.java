package io.socp.relay.dialect;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerReaderTest {

    private static final long WRITTEN = 1_700_000_000_000L;
    private static final long SENT = 1_700_000_000_500L;

    private final PeerReader reader = new PeerReader();

    @Test
    void shouldLeaveStandardFramesAlone() {
        for (EnvelopeBuilder frame :
                List.of(
                        Envelopes.serverDeliver(B, ALICE, BOB),
                        Envelopes.serverAnnounce(B),
                        Envelopes.msgPublic(ALICE),
                        Envelopes.fileStart(ALICE, BOB),
                        Envelopes.heartbeat(B))) {
            Envelope received = frame.build();

            assertThat(reader.standard(received, B.id())).isSameAs(received);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"orig_ts", "original_ts", "ts"})
    void shouldTakeAuthorsTimeFromPayload(String field) {
        Envelope received =
                Envelopes.serverDeliver(B, ALICE, BOB).ts(SENT).with(field, WRITTEN).build();

        Envelope standard = reader.standard(received, B.id());

        assertThat(standard.ts()).isEqualTo(WRITTEN);
        assertThat(standard.payload()).isEqualTo(received.payload());
    }

    @Test
    void shouldUnwrapFileFrame() {
        JsonObject inner = JsonObject.builder().put("file_id", "f").build();
        Envelope received =
                new EnvelopeBuilder("SERVER_DELIVER")
                        .from(ALICE.id())
                        .with("user_id", BOB.id().value())
                        .with("type", "FILE_END")
                        .with("from", ALICE.id().value())
                        .with("to", BOB.id().value())
                        .with("ts", WRITTEN)
                        .with("payload", inner)
                        .signedBy(B.keys())
                        .build();

        Envelope standard = reader.standard(received, B.id());

        assertThat(standard.type()).isEqualTo("FILE_END");
        assertThat(standard.from()).isEqualTo(ALICE.id().value());
        assertThat(standard.to()).isEqualTo(BOB.id().value());
        assertThat(standard.ts()).isEqualTo(WRITTEN);
        assertThat(standard.payload().members()).isEqualTo(inner);
    }

    @Test
    void shouldTakeFileWithoutAuthorForThatOfWhoWroteLastToItsReader() {
        reader.standard(Envelopes.serverDeliver(B, ALICE, BOB).build(), B.id());

        Envelope toBob = reader.standard(unauthored(BOB, "f"), B.id());
        Envelope toAlice = reader.standard(unauthored(ALICE, "g"), B.id());
        Envelope ofAnother = reader.standard(unauthored(BOB, "f"), A.id());

        assertThat(toBob.type()).isEqualTo("FILE_END");
        assertThat(toBob.from()).isEqualTo(ALICE.id().value());
        assertThat(toBob.to()).isEqualTo(BOB.id().value());
        assertThat(toAlice.type()).isEqualTo("SERVER_DELIVER");
        assertThat(ofAnother.type()).isEqualTo("SERVER_DELIVER");
    }

    @Test
    void shouldRememberAuthorOfFileUpToTheLengthOfItsName() {
        String longest = "f".repeat(PeerReader.FILE_ID_CHARS_MAX);
        for (String fileId : List.of(longest, longest + "f")) {
            reader.standard(authored(BOB, fileId), B.id());
        }

        assertThat(reader.standard(unauthored(BOB, longest), B.id()).from())
                .isEqualTo(ALICE.id().value());
        assertThat(reader.standard(unauthored(BOB, longest + "f"), B.id()).type())
                .isEqualTo("SERVER_DELIVER");
    }

    private static Envelope authored(Person user, String fileId) {
        return piece(user, fileId).with("sender", ALICE.id().value()).signedBy(B.keys()).build();
    }

    private static Envelope unauthored(Person user, String fileId) {
        return piece(user, fileId).signedBy(B.keys()).build();
    }

    private static EnvelopeBuilder piece(Person user, String fileId) {
        return new EnvelopeBuilder("SERVER_DELIVER")
                .from(B.id())
                .with("inner_type", "FILE_END")
                .with("user_id", user.id().value())
                .with("file_id", fileId);
    }

    @Test
    void shouldFindAuthorOfPublicTextThatServerSpeaks() {
        Envelope received =
                Envelopes.msgPublic(ALICE)
                        .from(B.id())
                        .with("from", ALICE.id().value())
                        .with("ts", WRITTEN)
                        .signedBy(B.keys())
                        .build();

        Envelope standard = reader.standard(received, B.id());

        assertThat(standard.from()).isEqualTo(ALICE.id().value());
        assertThat(standard.to()).isEqualTo("public");
        assertThat(standard.ts()).isEqualTo(WRITTEN);
    }

    @Test
    void shouldRememberAuthorOfFile() {
        Envelope start =
                piece("FILE_START").with("sender", ALICE.id().value()).signedBy(B.keys()).build();
        Envelope chunk = piece("FILE_CHUNK").signedBy(B.keys()).build();

        reader.standard(start, B.id());

        assertThat(reader.standard(chunk, B.id()).from()).isEqualTo(ALICE.id().value());
        assertThat(reader.standard(chunk, B.id()).to()).isEqualTo(BOB.id().value());
    }

    @Test
    void shouldNotTakeAuthorFromAnotherServersFile() {
        Envelope start =
                piece("FILE_START").with("sender", ALICE.id().value()).signedBy(B.keys()).build();
        Envelope chunk = piece("FILE_CHUNK").from(C.id()).signedBy(C.keys()).build();

        reader.standard(start, B.id());

        assertThat(reader.standard(chunk, C.id())).isSameAs(chunk);
    }

    @Test
    void shouldNotBelieveThatServerSpeaksForAnotherServersName() {
        Envelope received =
                Envelopes.msgPublic(ALICE)
                        .from(C.id())
                        .with("from", ALICE.id().value())
                        .signedBy(B.keys())
                        .build();

        assertThat(reader.standard(received, B.id())).isSameAs(received);
    }

    @Test
    void shouldReadAnnouncementOfThirdServerAsNewsOfIt() {
        Envelope received =
                Envelopes.serverAnnounce(C)
                        .from(B.id())
                        .with("server_id", C.id().value())
                        .signedBy(B.keys())
                        .build();

        Envelope standard = reader.standard(received, B.id());

        assertThat(standard.type()).isEqualTo("SERVER_WELCOME");
        assertThat(standard.from()).isEqualTo(B.id().value());
        assertThat(standard.payload().members().get("servers"))
                .isEqualTo(new JsonArray(List.of(received.payload().members())));
    }

    @Test
    void shouldReadAnnouncementWithoutAddressAsNoGreeting() {
        Envelope received = Envelopes.serverAnnounce(B).without("host").signedBy(B.keys()).build();

        assertThat(reader.standard(received, B.id()).type()).isEqualTo("SERVER_WELCOME");
    }

    private static EnvelopeBuilder piece(String type) {
        return new EnvelopeBuilder(type)
                .from(B.id())
                .to(A.id())
                .with("user_id", BOB.id().value())
                .with("file_id", "f");
    }
}
