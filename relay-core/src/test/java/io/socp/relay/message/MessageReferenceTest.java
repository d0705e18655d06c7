package io.socp.relay.message;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReferenceTest {

    private static final byte[] SIGNATURE =
            HexFormat.of().parseHex("fedcba98fffefbff0011223344556677");

    private final MessageParser parser = new MessageParser(IdRule.UUID_V4);

    @Test
    void shouldBeTheFirstEightBytesInEitherAlphabet() {
        String url = Base64Url.encode(SIGNATURE);
        String classic = url.replace('-', '+').replace('_', '/') + "=";

        assertThat(MessageReference.of(url))
                .map(MessageReference::toString)
                .contains("fedcba98fffefbff");
        assertThat(MessageReference.of(classic)).isEqualTo(MessageReference.of(url));
        assertThat(url).isNotEqualTo(classic.replace("=", ""));
    }

    @Test
    void shouldReadWhatItHasWritten() {
        MessageReference written = MessageReference.of(Base64Url.encode(SIGNATURE)).orElseThrow();

        assertThat(MessageReference.parse(written.toString())).contains(written);
        assertThat(MessageReference.parse("FEDCBA98FFFEFBFF")).contains(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeg"})
    void shouldRefuseWhatIsNoReference(String text) {
        assertThat(MessageReference.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAAAAAAAA", "AAAAAAAAAAA", "AAAA*AAAAAAAAAA"})
    void shouldTellNoneOfWhatIsNoSignature(String signature) {
        assertThat(MessageReference.of(signature)).isEmpty();
        assertThat(MessageReference.bitsOf(signature)).isEqualTo(MessageReference.NONE);
    }

    @Test
    void shouldBeTheSameInEachFormOfAMessage() {
        Envelope direct = Envelopes.msgDirect(ALICE, BOB).build();
        MsgAndItsForms forms = new MsgAndItsForms(direct);

        long asWritten = bits(direct);

        assertThat(asWritten).isNotEqualTo(MessageReference.NONE);
        assertThat(bits(forms.serverDeliver())).isEqualTo(asWritten);
        assertThat(bits(forms.userDeliver())).isEqualTo(asWritten);
    }

    @Test
    void shouldTakeTheTransportSignatureOfAFileWithoutAnother() {
        Envelope start = Envelopes.fileStart(ALICE, BOB.id()).build();

        assertThat(bits(start)).isEqualTo(MessageReference.bitsOf(start.sig()));
    }

    @Test
    void shouldTellNoneOfWhatIsNoMessage() {
        assertThat(bits(Envelopes.heartbeat(A).build())).isEqualTo(MessageReference.NONE);
    }

    private long bits(Envelope envelope) {
        return switch (parser.parse(envelope)) {
            case Parsing.Parsed(SocpMessage message) -> MessageReference.bitsOf(message, envelope);
            case Parsing.Malformed malformed -> throw new AssertionError(malformed.detail());
        };
    }

    /** What servers make of it. */
    private record MsgAndItsForms(Envelope direct) {

        Envelope serverDeliver() {
            return Envelopes.serverDeliver(A, ALICE, BOB).with("content_sig", signature()).build();
        }

        Envelope userDeliver() {
            return Envelopes.userDeliver(A, ALICE, BOB).with("content_sig", signature()).build();
        }

        private String signature() {
            return ScriptedEnd.text(direct, "content_sig");
        }
    }
}
