package io.socp.relay.message;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.VirtualClock.START_EPOCH_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PresenceBatchTest {

    private static final JsonObject ENTRY = entry(START_EPOCH_MS).build();

    private final MessageParser parser = new MessageParser(IdRule.UUID_V4);

    @Test
    void shouldReadWhoCameAndWhoLeft() {
        PresenceBatch batch = read(valid());

        assertThat(batch.added())
                .containsExactly(
                        new PresenceBatch.Added(
                                ALICE.id(), START_EPOCH_MS, ALICE.key(), JsonObject.EMPTY));
        assertThat(batch.removed())
                .containsExactly(new PresenceBatch.Removed(BOB.id(), START_EPOCH_MS));
        assertThat(batch.told()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"added", "removed", "told"})
    void shouldDoWithoutAnyOfItsListsAndRefuseMistypedOnes(String list) {
        assertThat(parser.parse(valid().without(list).build())).isInstanceOf(Parsing.Parsed.class);
        assertBad("payload." + list, valid().with(list, JsonLiteral.TRUE));
        assertThat(bad(valid().with(list, new JsonArray(List.of(JsonLiteral.TRUE)))))
                .startsWith("payload." + list);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server_id", "ts"})
    void shouldNameMissingField(String field) {
        assertBad("payload." + field, valid().without(field));
        assertBad("payload." + field, valid().with(field, JsonLiteral.TRUE));
    }

    @Test
    void shouldNeedTimeOfEnvelopeUnderItsSignature() {
        assertBad("payload.ts", valid().ts(START_EPOCH_MS + 1));
    }

    @Test
    void shouldRefuseEntryYoungerThanBatch() {
        var young = new JsonArray(List.of(ENTRY, entry(START_EPOCH_MS + 1).build()));

        assertBad("payload.added[1].ts", valid().with("added", young));
        assertBad("payload.removed[1].ts", valid().with("removed", young));
    }

    @Test
    void shouldNameWrongFieldOfEntry() {
        var noUuid = entry(1).put("user_id", "alice").build();
        var noKey = entry(1).put("pubkey", "AAAA").build();

        assertBad("payload.added[0].user_id", valid().with("added", only(noUuid)));
        assertBad("payload.removed[0].user_id", valid().with("removed", only(noUuid)));
        assertThat(parser.parse(valid().with("added", only(noKey)).build()))
                .isInstanceOfSatisfying(
                        Parsing.BadKey.class,
                        key -> assertThat(key.field()).isEqualTo("payload.added[0].pubkey"));
    }

    @Test
    void shouldReadAsManyEntriesAsAllowedAndNotOneMore() {
        int half = PresenceBatch.ENTRIES_READ_MAX / 2;
        var full = valid().with("added", entries(half)).with("removed", entries(half));

        assertThat(read(full).added()).hasSize(half);
        assertBad("payload.added", full.with("removed", entries(half + 1)));
        assertThat(read(valid().with("added", entries(2 * half)).without("removed")).added())
                .hasSize(PresenceBatch.ENTRIES_READ_MAX);
    }

    @Test
    void shouldReadAsManyToldServersAsAllowedAndNotOneMore() {
        assertThat(read(valid().with("told", ids(PresenceBatch.TOLD_MAX))).told())
                .hasSize(PresenceBatch.TOLD_MAX);
        assertBad("payload.told", valid().with("told", ids(PresenceBatch.TOLD_MAX + 1)));
    }

    private static EnvelopeBuilder valid() {
        return Envelopes.presenceBatch(A, List.of(ALICE), List.of(BOB));
    }

    private static JsonObject.Builder entry(long ts) {
        return JsonObject.builder().put("user_id", ALICE.id().value()).put("ts", ts);
    }

    private static JsonArray only(JsonValue element) {
        return new JsonArray(List.of(element));
    }

    private static JsonArray entries(int count) {
        return new JsonArray(Collections.nCopies(count, ENTRY));
    }

    private static JsonArray ids(int count) {
        return new JsonArray(Collections.nCopies(count, new JsonText(A.id().value())));
    }

    private PresenceBatch read(EnvelopeBuilder envelope) {
        return (PresenceBatch) ((Parsing.Parsed) parser.parse(envelope.build())).message();
    }

    private String bad(EnvelopeBuilder envelope) {
        return ((Parsing.BadField) parser.parse(envelope.build())).field();
    }

    private void assertBad(String field, EnvelopeBuilder envelope) {
        assertThat(bad(envelope)).isEqualTo(field);
    }
}
