package io.socp.relay.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadyKeysTest {

    private final Random random = new Random(7);

    @Test
    void shouldLetEachKeyKeepItsObjectUpToTheBound() {
        List<RsaPublicKey> keys = usedKeys(4);

        keepIn(new ReadyKeys(4), keys);

        assertThat(keys).allMatch(RsaPublicKey::isReady);
    }

    @Test
    void shouldTakeItFromOneWhenThereIsOneMoreThanTheBound() {
        List<RsaPublicKey> keys = usedKeys(5);

        keepIn(new ReadyKeys(4), keys);

        assertThat(keys).filteredOn(RsaPublicKey::isReady).hasSize(4).contains(keys.getLast());
    }

    @Test
    void shouldPassOverAKeyThatWasUsedSinceTheLastLook() {
        ReadyKeys ready = new ReadyKeys(4);
        List<RsaPublicKey> keys = usedKeys(7);
        keepIn(ready, keys.subList(0, 5));
        RsaPublicKey busy = keys.get(1);
        busy.key();

        keepIn(ready, keys.subList(5, 7));

        assertThat(busy.isReady()).isTrue();
        assertThat(keys).filteredOn(RsaPublicKey::isReady).hasSize(4);
    }

    @Test
    void shouldMakeTheObjectAgainWhenItIsNeeded() {
        RsaPublicKey key = usedKeys(1).getFirst();
        byte[] before = key.key().getEncoded();

        key.letGo();

        assertThat(key.isReady()).isFalse();
        assertThat(key.key().getEncoded()).isEqualTo(before);
        assertThat(key.isReady()).isTrue();
    }

    @Test
    void shouldRefuseABoundThatIsNoPowerOfTwo() {
        assertThatThrownBy(() -> new ReadyKeys(3)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void keepIn(ReadyKeys ready, List<RsaPublicKey> keys) {
        keys.forEach(ready::add);
    }

    /** Keys of no one, which hold their objects. */
    private List<RsaPublicKey> usedKeys(int count) {
        return Stream.generate(this::key).limit(count).peek(RsaPublicKey::key).toList();
    }

    private RsaPublicKey key() {
        BigInteger modulus = new BigInteger(4096, random).setBit(4095).setBit(0);
        String text = Base64Url.encode(Spki.of(modulus));
        if (RsaPublicKey.read(text) instanceof KeyReading.Valid(RsaPublicKey key)) {
            return key;
        }
        throw new IllegalStateException("not read as a key: " + text);
    }
}
