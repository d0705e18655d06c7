package io.socp.relay.client.file;

import io.socp.relay.identity.UserId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What came of a frame of an incoming file. All are immutable. */
public sealed interface FileOutcome {

    /** Nothing to tell: the frame belongs to a transfer that is over. */
    record Nothing() implements FileOutcome {}

    /** So much of the file is here. */
    record Underway(Manifest manifest, long received) implements FileOutcome {}

    /**
     * The file is whole and at its place.
     *
     * @param sha256 of what is there, in hex
     * @param isVerified whether it is what the sender's manifest says, and every frame was signed
     *     by the sender
     */
    record Received(Manifest manifest, Path path, String sha256, boolean isVerified)
            implements FileOutcome {}

    /**
     * The transfer is over and nothing is left of it.
     *
     * @param name for a person, as the reason is
     * @param manifest null when none has come
     */
    record Refused(UserId from, String name, String reason, @Nullable Manifest manifest)
            implements FileOutcome {}
}
