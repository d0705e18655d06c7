package io.socp.relay.message;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.HostPort;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.Stages;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a server says that its address is dialled over TLS. */
class AddressOverTlsTest {

    private static final JsonObject OVER_TLS =
            JsonObject.builder().put("v", 1).put("tls", true).build();

    @Test
    void shouldReadItInTheExtensionsOfAGreeting() {
        var greeting = Stages.message(Envelopes.serverAnnounce(A).with("ext", OVER_TLS).build());

        assertThat(((Greeting) greeting).address()).isEqualTo(A.address().overTls(true));
    }

    @ParameterizedTest
    @CsvSource({"false", "1", "true", "nothing"})
    void shouldReadNothingElseAsSuch(String said) {
        JsonObject ext =
                switch (said) {
                    case "false" -> JsonObject.builder().put("tls", false).build();
                    case "1" -> JsonObject.builder().put("tls", 1).build();
                    case "nothing" -> JsonObject.EMPTY;
                    default -> JsonObject.builder().put("tls", said).build();
                };

        var greeting = Stages.message(Envelopes.serverAnnounce(A).with("ext", ext).build());

        assertThat(((Greeting) greeting).address()).isEqualTo(A.address());
    }

    @Test
    void shouldPassItOnInAWelcome() {
        HostPort address = B.address().overTls(true);
        var rows =
                List.of(
                        new KnownServer(A.id(), A.address(), A.key()),
                        new KnownServer(B.id(), address, B.key()));
        var welcome = new ServerWelcome(A.id(), null, A.key(), rows, OVER_TLS);
        EnvelopeBuilder frame = Envelopes.serverWelcome(A, B);

        PayloadWriter.payload(welcome).members().members().forEach(frame::with);
        var read = Stages.message(frame.build());

        assertThat(((ServerWelcome) read).servers()).isEqualTo(rows);
    }
}
