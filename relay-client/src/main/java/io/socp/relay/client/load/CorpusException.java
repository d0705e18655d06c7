package io.socp.relay.client.load;

import java.io.IOException;
import java.nio.file.Path;

/** A corpus file that cannot be used; the message names it and says why. */
public final class CorpusException extends IOException {

    private static final long serialVersionUID = 1L;

    CorpusException(Path file, String why) {
        super("the corpus " + file + " " + why + "; remove it or name another");
    }
}
