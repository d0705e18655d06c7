package io.socp.relay.client.file;

import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.FileStart;
import io.socp.relay.ownership.Immutable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a FILE_START says of the file that follows. Immutable; nothing of it is true yet.
 *
 * @param from the envelope's {@code from}: all frames of the transfer have it
 * @param sender who it is from: another than {@code from} where a server speaks for its users
 * @param name as the sender wrote it
 * @param sha256 hex in lower case; empty where the sender gives none
 * @param isPublic whether the pieces are plain
 * @param wrappedKey of a hybrid transfer; null for RSA blocks
 */
@Immutable
public record Manifest(
        UserId from,
        UserId sender,
        String fileId,
        String name,
        long size,
        String sha256,
        boolean isPublic,
        @Nullable String wrappedKey) {

    private static final String PUBLIC = "public";

    /** The manifest in a frame; the mode decides, and where there is none, the recipient. */
    public static Manifest of(FileStart start, UserId sender, JsonObject payload, UserId reader) {
        boolean isPublic =
                start.mode().isEmpty()
                        ? !start.to().equals(reader.value())
                        : start.mode().equals(PUBLIC);
        return new Manifest(
                start.author(),
                sender,
                start.fileId(),
                start.name(),
                start.size(),
                start.sha256().toLowerCase(Locale.ROOT),
                isPublic,
                payload.get("wrapped_key") instanceof JsonText(String key) ? key : null);
    }

    /** Whether its sender waits for receipts: our own clients do. */
    public boolean wantsReceipts() {
        return !isPublic && wrappedKey != null;
    }

    /** The name as it may be shown and written. */
    public String safeName() {
        return FileName.safe(name);
    }
}
