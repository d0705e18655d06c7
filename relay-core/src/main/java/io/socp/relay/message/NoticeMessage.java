package io.socp.relay.message;

/** Says how something went; never answered, or two servers could answer each other for ever. */
public sealed interface NoticeMessage extends SocpMessage {

    /** ACK: something arrived. {@code msgRef} has no meaning the standard defines. */
    record Ack(String from, String msgRef) implements NoticeMessage {
        @Override
        public MessageType type() {
            return MessageType.ACK;
        }
    }

    /** ERROR: something was refused. The code is kept as text: others use codes of their own. */
    record ErrorNotice(String from, String code, String detail) implements NoticeMessage {
        @Override
        public MessageType type() {
            return MessageType.ERROR;
        }
    }
}
