package io.socp.relay.message;

/** What came of reading an envelope as a message: the message, or why it is none. */
public sealed interface Parsing {

    /** The envelope is a well-formed message of a known type. */
    record Parsed(SocpMessage message) implements Parsing {}

    /** The other end's fault; {@code detail} names the field and what was expected. */
    sealed interface Malformed extends Parsing {

        /** For the other end, without our internals. */
        String detail();

        /** The code to answer with. */
        ErrorCode code();
    }

    /** No message type has this name. */
    record UnknownType(String name) implements Malformed {
        @Override
        public String detail() {
            return "unknown type " + name;
        }

        @Override
        public ErrorCode code() {
            return ErrorCode.UNKNOWN_TYPE;
        }
    }

    /** A field is missing or is not what its type demands. */
    record BadField(String field, String expected) implements Malformed {
        @Override
        public String detail() {
            return field + ": expected " + expected;
        }

        @Override
        public ErrorCode code() {
            return ErrorCode.UNKNOWN_TYPE;
        }
    }

    /** A public key is malformed or too weak. */
    record BadKey(String field, String reason) implements Malformed {
        @Override
        public String detail() {
            return field + ": " + reason;
        }

        @Override
        public ErrorCode code() {
            return ErrorCode.BAD_KEY;
        }
    }
}
