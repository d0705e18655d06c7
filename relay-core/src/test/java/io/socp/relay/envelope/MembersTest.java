package io.socp.relay.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.socp.relay.envelope.JsonValue.JsonNumber;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The members of an object: a linked map in all that can be seen. */
class MembersTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Members.SCANNED_MAX, Members.SCANNED_MAX + 1, 4_096})
    void shouldBeTheMapItWasMadeFrom(int size) {
        Map<String, JsonValue> map = numbered(size);

        Members members = Members.copyOf(map);

        assertThat(members).isEqualTo(map).hasSameHashCodeAs(map).hasSize(size);
        assertThat(members.keySet()).containsExactlyElementsOf(map.keySet());
        assertThat(map)
                .allSatisfy((name, value) -> {
                    assertThat(members.get(name)).isSameAs(value);
                    assertThat(members.containsKey(name)).isTrue();
                });
        assertThat(members.get("other")).isNull();
        assertThat(members.containsKey("other")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Members.SCANNED_MAX, Members.SCANNED_MAX + 1})
    void shouldKeepThePlaceOfNamePutTwice(int size) {
        var collector = collected(size);

        collector.put("name 0", JsonNumber.of(-1));

        Members members = collector.finish();
        assertThat(members.keySet()).startsWith("name 0").hasSize(size);
        assertThat(members.get("name 0")).isEqualTo(JsonNumber.of(-1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Members.SCANNED_MAX, Members.SCANNED_MAX + 1})
    void shouldNotChangeWithWhatIsCollectedLater(int size) {
        var collector = collected(size);
        Members members = collector.finish();

        collector.put("name 0", JsonNumber.of(-1));
        collector.put("more", JsonNumber.of(1));

        assertThat(members).isEqualTo(numbered(size));
        assertThat(collector.contains("more")).isTrue();
        assertThat(collector.finish()).hasSize(size + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, Members.SCANNED_MAX + 1})
    void shouldEndAndRefuseChanges(int size) {
        Members members = collected(size).finish();
        var iterator = members.entrySet().iterator();
        for (int i = 0; i < size; i++) {
            iterator.next();
        }

        assertThat(iterator.hasNext()).isFalse();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(iterator::next);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> members.put("name", JsonNumber.of(1)));
    }

    private static Members.Collector collected(int size) {
        var collector = new Members.Collector();
        numbered(size).forEach(collector::put);
        return collector;
    }

    private static Map<String, JsonValue> numbered(int size) {
        Map<String, JsonValue> map = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            map.put("name " + i, JsonNumber.of(i));
        }
        return map;
    }
}
