package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;

/** Why a frame is not an envelope; always the sender's fault. Every kind is immutable. */
public sealed interface DecodeFailure extends Decoding {

    /** Names the field or limit, in words for the sender; at most 200 characters. */
    String detail();

    /**
     * Bytes that are not one JSON value: grammar, byte order mark, NUL, unpaired surrogate,
     * trailing bytes.
     */
    @Immutable
    record NotJson(String detail) implements DecodeFailure {}

    /** Bytes that are not well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates). */
    @Immutable
    record NotUtf8() implements DecodeFailure {
        @Override
        public String detail() {
            return "frame is not UTF-8";
        }
    }

    /** JSON of another kind than an object. */
    @Immutable
    record NotAnObject() implements DecodeFailure {
        @Override
        public String detail() {
            return "frame is not a JSON object";
        }
    }

    /** An envelope without a field its type needs. */
    @Immutable
    record MissingField(String field) implements DecodeFailure {
        @Override
        public String detail() {
            return "missing field: " + field;
        }
    }

    /** An envelope field of the wrong kind or out of its range. */
    @Immutable
    record MistypedField(String field, String expected) implements DecodeFailure {
        @Override
        public String detail() {
            return "field " + field + " must be " + expected;
        }
    }

    /**
     * An object, at any level, with one name twice: readers disagree on which of the two counts.
     */
    @Immutable
    record DuplicateKey(String key) implements DecodeFailure {
        @Override
        public String detail() {
            return "duplicate key: " + key;
        }
    }

    /**
     * A frame that says that it is an ERROR or an ACK, and is no envelope: never answered.
     *
     * @param why what is wrong with it
     */
    @Immutable
    record BrokenNotice(DecodeFailure why) implements DecodeFailure {
        @Override
        public String detail() {
            return why.detail();
        }
    }

    /**
     * A frame past one of the {@link EnvelopeLimits}.
     *
     * @param limit what was measured, for example {@code depth}
     * @param max the largest value allowed
     */
    @Immutable
    record LimitExceeded(String limit, long max) implements DecodeFailure {
        @Override
        public String detail() {
            return limit + " exceeds " + max;
        }
    }
}
