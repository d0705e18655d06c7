package io.socp.relay.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.dialect.Dialect.Manner;
import io.socp.relay.identity.LinkId;
import org.junit.jupiter.api.Test;

class LinkDialectsTest {

    private static final LinkId ONE = new LinkId(1);
    private static final LinkId TWO = new LinkId(2);
    private static final Dialect PEM = new Dialect(KeyContainer.PEM_TEXT, Manner.PAYLOAD_ADDRESSED);
    private static final Dialect OWN = new Dialect(KeyContainer.DER_BASE64URL, Manner.OWN);

    private final LinkDialects dialects = new LinkDialects();

    @Test
    void shouldTakeUnknownLinkForTheStandard() {
        dialects.put(TWO, PEM);

        assertThat(dialects.of(ONE)).isEqualTo(Dialect.STANDARD);
    }

    @Test
    void shouldMakeNoVersionsWhereEveryoneReadsTheStandard() {
        dialects.put(ONE, Dialect.STANDARD);
        dialects.put(TWO, OWN);

        assertThat(dialects.of(TWO)).isEqualTo(OWN);
        assertThat(dialects.inUse()).isEmpty();
    }

    @Test
    void shouldMakeVersionForOurOwnClientWithKeysInPem() {
        Dialect ownInPem = new Dialect(KeyContainer.PEM_TEXT, Manner.OWN);

        dialects.put(ONE, ownInPem);

        assertThat(dialects.inUse()).containsExactly(ownInPem);
    }

    @Test
    void shouldKeepDialectInUseUntilItsLastLinkIsClosed() {
        dialects.put(ONE, PEM);
        dialects.put(TWO, PEM);

        dialects.remove(ONE);
        assertThat(dialects.inUse()).containsExactly(PEM);
        assertThat(dialects.of(ONE)).isEqualTo(Dialect.STANDARD);

        dialects.remove(TWO);
        assertThat(dialects.inUse()).isEmpty();
    }

    @Test
    void shouldCountLinkOnceWhenItIsPutTwice() {
        dialects.put(ONE, PEM);
        dialects.put(ONE, PEM);

        dialects.remove(ONE);

        assertThat(dialects.inUse()).isEmpty();
    }

    @Test
    void shouldIgnoreRemovalOfUnknownLink() {
        dialects.put(ONE, PEM);

        dialects.remove(TWO);
        dialects.remove(TWO);

        assertThat(dialects.inUse()).containsExactly(PEM);
    }
}
