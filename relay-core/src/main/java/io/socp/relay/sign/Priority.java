package io.socp.relay.sign;

/**
 * How urgent a frame is where several wait for one link; the first goes first. Files never delay
 * what people say to each other.
 */
public enum Priority {
    /** Hellos, presence, errors, answers: little, and everything else depends on it. */
    CONTROL,
    /** Direct messages. */
    DIRECT,
    /** Public messages. */
    PUBLIC,
    /** Pieces of files. */
    FILE;

    /** The priority of a frame of this wire type. */
    public static Priority of(String type) {
        return switch (type) {
            case "MSG_DIRECT", "USER_DELIVER", "SERVER_DELIVER" -> DIRECT;
            case "MSG_PUBLIC_CHANNEL" -> PUBLIC;
            case "FILE_START", "FILE_CHUNK", "FILE_END" -> FILE;
            default -> CONTROL;
        };
    }
}
