package io.socp.relay.dedup;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageKeyTest {

    @Test
    void shouldDifferByEachFieldThatMatters() {
        List<EnvelopeBuilder> others =
                List.of(
                        direct().type("MSG_PUBLIC_CHANNEL"),
                        direct().from(CAROL.id()),
                        direct().to(CAROL.id()),
                        direct().ts(1),
                        direct().with("ciphertext", "other"),
                        direct().with("more", 1));

        List<MessageKey> keys = others.stream().map(b -> MessageKey.of(b.build())).toList();

        assertThat(keys).doesNotHaveDuplicates().doesNotContain(MessageKey.of(direct().build()));
    }

    @Test
    void shouldNotDependOnTransportSignature() {
        assertThat(MessageKey.of(direct().build()))
                .isEqualTo(MessageKey.of(direct().unsigned().build()))
                .isEqualTo(MessageKey.of(direct().sig("else").build()));
    }

    @Test
    void shouldNotDependOnSpacingOrOrderOfPayload() {
        Envelope one = decode("{\"a\":1,\"b\":\"\\u00fc\"}");
        Envelope other = decode("{ \"b\" : \"ü\", \"a\": 1 }");

        assertThat(MessageKey.of(one)).isEqualTo(MessageKey.of(other));
    }

    @Test
    void shouldNotConfuseWhereOneFieldEnds() {
        var one = direct().contentSig("").from("ab").to("c").build();
        var other = direct().contentSig("").from("a").to("bc").build();

        assertThat(MessageKey.of(one)).isNotEqualTo(MessageKey.of(other));
    }

    private static EnvelopeBuilder direct() {
        return Envelopes.msgDirect(ALICE, BOB).contentSig("");
    }

    private static Envelope decode(String payload) {
        String frame =
                "{\"type\":\"X\",\"from\":\"a\",\"to\":\"b\",\"ts\":1,\"payload\":" + payload + "}";
        return EnvelopeBuilder.decode(frame.getBytes(UTF_8));
    }
}
