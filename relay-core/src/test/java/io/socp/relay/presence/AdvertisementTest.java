package io.socp.relay.presence;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Envelopes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdvertisementTest {

    private final OutboundFrame original =
            OutboundFrame.asReceived(Envelopes.advertise(A, ALICE).received());
    private final List<KeyContainer> remade = new ArrayList<>();
    private final Advertisement advertisement =
            new Advertisement(statement(), original, this::remake);

    @Test
    void shouldGiveHomeServersFrameWhereItsContainerIsRead() {
        assertThat(advertisement.in(KeyContainer.DER_BASE64URL)).isSameAs(original);
        assertThat(advertisement.original()).isSameAs(original);
        assertThat(remade).isEmpty();
    }

    @Test
    void shouldMakeEachOtherFormOnce() {
        OutboundFrame pem = advertisement.in(KeyContainer.PEM_TEXT);
        OutboundFrame base64 = advertisement.in(KeyContainer.PEM_BASE64URL);

        assertThat(pem).isNotSameAs(original).isNotSameAs(base64);
        assertThat(advertisement.in(KeyContainer.PEM_TEXT)).isSameAs(pem);
        assertThat(advertisement.in(KeyContainer.PEM_BASE64URL)).isSameAs(base64);
        assertThat(remade).containsExactly(KeyContainer.PEM_TEXT, KeyContainer.PEM_BASE64URL);
    }

    @Test
    void shouldMakeNamedFormForThoseWhoNeedItInWhateverContainer() {
        OutboundFrame named = advertisement.in(KeyContainer.DER_BASE64URL, true);

        assertThat(named).isNotSameAs(original);
        assertThat(advertisement.in(KeyContainer.DER_BASE64URL, true)).isSameAs(named);
        assertThat(remade).containsExactly(KeyContainer.DER_BASE64URL);
    }

    private static UserAdvertise statement() {
        return new UserAdvertise(A.id(), ALICE.id(), A.id(), 1, ALICE.key(), JsonObject.EMPTY);
    }

    private OutboundFrame remake(UserAdvertise said, KeyContainer keys, boolean named) {
        assertThat(said).isEqualTo(statement());
        remade.add(keys);
        return OutboundFrame.signedByUs(Envelopes.advertise(A, ALICE).received());
    }
}
