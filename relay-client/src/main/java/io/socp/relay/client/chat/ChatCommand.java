package io.socp.relay.client.chat;

import java.util.concurrent.CompletableFuture;

/** One thing a person can ask for by a line that starts with a slash. */
interface ChatCommand {

    /** The word after the slash. */
    String name();

    /** The arguments as help shows them; empty for none. */
    String synopsis();

    /** What it does, in a few words. */
    String summary();

    /** Whether the first argument is a user, for completion. */
    default boolean takesUser() {
        return false;
    }

    /**
     * Does it; the next command starts when the future completes. Failures are shown by the caller.
     *
     * @param arguments what follows the name, trimmed
     */
    CompletableFuture<?> run(String arguments, Chat chat);
}
