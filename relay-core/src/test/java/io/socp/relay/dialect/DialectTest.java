package io.socp.relay.dialect;

import static io.socp.relay.testing.Actors.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.dialect.Dialect.Manner;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.IdRule;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ForeignHellos;
import io.socp.relay.testing.WireFrames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DialectTest {

    private static final MessageParser PARSER = new MessageParser(IdRule.LENIENT);

    @ParameterizedTest
    @MethodSource("captured")
    void shouldRecogniseClientByItsCapturedHellos(
            String implementation, KeyContainer keys, Manner manner) {
        List<Envelope> hellos =
                WireFrames.of(implementation).stream()
                        .filter(f -> f.expected().equals("Decoded"))
                        .map(f -> f.frame().getBytes(StandardCharsets.UTF_8))
                        .map(EnvelopeBuilder::decode)
                        .filter(e -> e.type().equals("USER_HELLO"))
                        .toList();

        assertThat(hellos)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(e -> assertThat(dialect(e)).isEqualTo(new Dialect(keys, manner)));
    }

    static Stream<Arguments> captured() {
        return Stream.of(
                Arguments.of("fengyuan213", KeyContainer.PEM_BASE64URL, Manner.PUBLIC_ADDRESSED),
                Arguments.of("troublesome12", KeyContainer.DER_BASE64URL, Manner.SERVER_PREFIXED),
                Arguments.of("willlehmann", KeyContainer.PEM_TEXT, Manner.PAYLOAD_ADDRESSED));
    }

    @Test
    void shouldTakeKeyInDerForTheStandard() {
        Envelope hello = Envelopes.userHello(ALICE).received();

        assertThat(dialect(hello)).isEqualTo(Dialect.STANDARD);
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldTakeAnyExtensionsForOursWhateverTheContainer(KeyContainer keys) {
        Envelope hello =
                Envelopes.userHello(ALICE)
                        .to("server_1")
                        .with("pubkey", ALICE.key().text(keys))
                        .with("ext", JsonObject.EMPTY)
                        .received();

        assertThat(dialect(hello)).isEqualTo(new Dialect(keys, Manner.OWN));
    }

    @Test
    void shouldTakeAddresseeForStrongerSignThanContainer() {
        Envelope hello = ForeignHellos.pemText(ALICE).to("server_x").received();

        assertThat(dialect(hello))
                .isEqualTo(new Dialect(KeyContainer.PEM_TEXT, Manner.SERVER_PREFIXED));
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void shouldReadStandardOnlyWithKeysInDerAndNoHabits(Manner manner) {
        boolean plain = manner == Manner.STANDARD || manner == Manner.OWN;

        assertThat(new Dialect(KeyContainer.DER_BASE64URL, manner).readsStandard())
                .isEqualTo(plain);
        assertThat(new Dialect(KeyContainer.PEM_TEXT, manner).readsStandard()).isFalse();
        assertThat(new Dialect(KeyContainer.PEM_BASE64URL, manner).readsStandard()).isFalse();
    }

    private static Dialect dialect(Envelope hello) {
        return Dialect.of(hello, (UserHello) ((Parsing.Parsed) PARSER.parse(hello)).message());
    }
}
