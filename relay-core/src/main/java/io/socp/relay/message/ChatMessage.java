package io.socp.relay.message;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;

/** What people send each other, in each of its forms on the way (SOCP §9.2, §9.3, §9.4, §8.3). */
public sealed interface ChatMessage extends SocpMessage {

    /**
     * Content under the name of the user who wrote it: {@code from} is the author, and the author's
     * key must have signed.
     */
    sealed interface Authored extends ChatMessage {

        /** The author, named in the envelope's {@code from}. */
        UserId author();

        /** The envelope's {@code to}: a user, or a name of the public channel. */
        String to();

        /** When the author says it was written, Unix ms. */
        long ts();

        /** The author's {@code content_sig}; empty where the form has none. */
        String contentSig();
    }

    /** MSG_DIRECT: sealed text from one user to another. */
    record MsgDirect(UserId author, UserId recipient, long ts, SealedText sealed)
            implements Authored {
        @Override
        public MessageType type() {
            return MessageType.MSG_DIRECT;
        }

        @Override
        public String to() {
            return recipient.value();
        }

        @Override
        public String contentSig() {
            return sealed.contentSig();
        }
    }

    /**
     * MSG_PUBLIC_CHANNEL: text to everyone on the network.
     *
     * @param channel the envelope's {@code to}: {@code public} by the database section, otherwise
     *     whatever the dialect writes
     */
    record MsgPublicChannel(UserId author, String channel, long ts, SealedText sealed)
            implements Authored {
        @Override
        public MessageType type() {
            return MessageType.MSG_PUBLIC_CHANNEL;
        }

        @Override
        public String to() {
            return channel;
        }

        @Override
        public String contentSig() {
            return sealed.contentSig();
        }
    }

    /** A piece of a file transfer; {@code to} is a user, or the public channel. */
    sealed interface FilePart extends Authored {

        /** Names the transfer; chosen by the author. */
        String fileId();
    }

    /**
     * FILE_START: the manifest.
     *
     * @param size bytes
     * @param sha256 hex digest of the plain content
     * @param mode {@code dm} or {@code public}
     */
    record FileStart(
            UserId author,
            String to,
            long ts,
            String fileId,
            String name,
            long size,
            String sha256,
            String mode,
            String contentSig)
            implements FilePart {
        @Override
        public MessageType type() {
            return MessageType.FILE_START;
        }
    }

    /** FILE_CHUNK: one sealed piece, numbered from 0. */
    record FileChunk(
            UserId author,
            String to,
            long ts,
            String fileId,
            long index,
            String ciphertext,
            String contentSig)
            implements FilePart {
        @Override
        public MessageType type() {
            return MessageType.FILE_CHUNK;
        }
    }

    /** FILE_END: nothing more will come. */
    record FileEnd(UserId author, String to, long ts, String fileId, String contentSig)
            implements FilePart {
        @Override
        public MessageType type() {
            return MessageType.FILE_END;
        }
    }

    /** SERVER_DELIVER: a direct message on its way to the server that hosts the recipient. */
    record ServerDeliver(
            ServerId server, UserId recipient, UserId author, long ts, SealedText sealed)
            implements ChatMessage {
        @Override
        public MessageType type() {
            return MessageType.SERVER_DELIVER;
        }
    }

    /** USER_DELIVER: a direct message on its last hop, from server to recipient. */
    record UserDeliver(ServerId server, UserId recipient, UserId author, long ts, SealedText sealed)
            implements ChatMessage {
        @Override
        public MessageType type() {
            return MessageType.USER_DELIVER;
        }
    }
}
