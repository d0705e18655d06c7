package io.socp.relay.client.file;

import io.socp.relay.client.file.FileOutcome.Nothing;
import io.socp.relay.client.file.FileOutcome.Refused;
import io.socp.relay.client.file.FileOutcome.Underway;
import io.socp.relay.client.file.IncomingFile.Broken;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.FileChunk;
import io.socp.relay.message.ChatMessage.FileEnd;
import io.socp.relay.message.ChatMessage.FilePart;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that are on their way to this user. Confined to the client's queue.
 *
 * <p>Whatever goes wrong with one ends it: nothing of it stays, the reason is told once, and what
 * still comes of it is ignored. How much others can make this client keep is bounded by {@link
 * ReceiveLimits}.
 */
public final class IncomingFiles {

    /** Transfers that ended, remembered so that their stragglers are not reported. */
    static final int ENDED_MAX = 256;

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{" + Sha256.HEX_CHARS + "}");

    /** Senders choose ids: one id of two senders is two transfers. */
    private record TransferId(UserId from, String fileId) {}

    private final IdentityKey reader;
    private final Downloads downloads;
    private final ReceiveLimits limits;
    private final Map<TransferId, IncomingFile> files = new LinkedHashMap<>();
    private final Set<TransferId> ended =
            Collections.newSetFromMap(
                    new LinkedHashMap<>() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<TransferId, Boolean> eldest) {
                            return size() > ENDED_MAX;
                        }
                    });

    public IncomingFiles(IdentityKey reader, Downloads downloads, ReceiveLimits limits) {
        this.reader = reader;
        this.downloads = downloads;
        this.limits = limits;
    }

    /**
     * A FILE_START has come.
     *
     * @param isSigned whether its signature is the sender's
     */
    public FileOutcome onStart(Manifest manifest, boolean isSigned, long nowNs) {
        TransferId id = new TransferId(manifest.from(), manifest.fileId());
        IncomingFile running = files.get(id);
        if (running != null) {
            return end(id, running, "it was started twice");
        }
        ended.remove(id);
        String objection = objection(manifest);
        try {
            if (objection != null) {
                throw new Broken(objection);
            }
            IncomingFile file = IncomingFile.begin(manifest, reader, downloads);
            file.heard(isSigned, nowNs);
            files.put(id, file);
            return new Underway(manifest, 0);
        } catch (Broken broken) {
            ended.add(id);
            return refused(manifest, broken.reason());
        }
    }

    /** A FILE_CHUNK has come. */
    public FileOutcome onChunk(FileChunk chunk, boolean isSigned, long nowNs) {
        TransferId id = idOf(chunk);
        IncomingFile file = files.get(id);
        if (file == null) {
            return stray(id);
        }
        file.heard(isSigned, nowNs);
        try {
            file.chunk(chunk.index(), chunk.ciphertext());
            return new Underway(file.manifest(), file.received());
        } catch (Broken broken) {
            return end(id, file, broken.reason());
        }
    }

    /** A FILE_END has come. */
    public FileOutcome onEnd(FileEnd end, boolean isSigned, long nowNs) {
        TransferId id = idOf(end);
        IncomingFile file = files.get(id);
        if (file == null) {
            return stray(id);
        }
        file.heard(isSigned, nowNs);
        try {
            FileOutcome whole = file.end();
            files.remove(id);
            ended.add(id);
            return whole;
        } catch (Broken broken) {
            return end(id, file, broken.reason());
        }
    }

    /** A frame of a transfer that cannot be read as one; negative indices end here. */
    public FileOutcome onUnreadable(UserId from, String fileId, String detail) {
        TransferId id = new TransferId(from, fileId);
        IncomingFile file = files.get(id);
        return file == null ? stray(id) : end(id, file, detail);
    }

    /** Gives up what nothing was heard of for too long. */
    public List<FileOutcome> onTime(long nowNs) {
        long idleNs = limits.idleTimeout().toNanos();
        return endAll(
                file -> nowNs - file.lastHeardNs() >= idleNs,
                "nothing of it has come for " + limits.idleTimeout().toSeconds() + " s");
    }

    /** The sender is not there any more. */
    public List<FileOutcome> onSenderLeft(UserId sender) {
        return endAll(file -> file.manifest().sender().equals(sender), "the sender has left");
    }

    /** Gives up everything. */
    public List<FileOutcome> onSessionEnd() {
        return endAll(_ -> true, "the connection is gone");
    }

    /** Who a part is from, by its transfer's manifest where there is one. */
    public UserId senderOf(FilePart part) {
        IncomingFile file = files.get(idOf(part));
        return file == null ? part.author() : file.manifest().sender();
    }

    /** Whether nothing is on its way. */
    public boolean isIdle() {
        return files.isEmpty();
    }

    private @Nullable String objection(Manifest manifest) {
        if (manifest.fileId().isEmpty()
                || manifest.fileId().length() > ReceiveLimits.FILE_ID_CHARS_MAX) {
            return "its file_id has not 1 to " + ReceiveLimits.FILE_ID_CHARS_MAX + " characters";
        }
        if (!manifest.sha256().isEmpty() && !HEX.matcher(manifest.sha256()).matches()) {
            return "its sha256 is not a digest in hex";
        }
        if (manifest.size() > limits.fileBytesMax()) {
            return tooMuch(manifest.size() + " bytes", limits.fileBytesMax(), "bytes a file");
        }
        if (files.size() >= limits.transfersMax()) {
            return tooMuch("one more", limits.transfersMax(), "files on their way");
        }
        if (count(manifest.from()) >= limits.transfersPerUserMax()) {
            return tooMuch("one more", limits.transfersPerUserMax(), "files from one user");
        }
        if (manifest.size() > limits.pendingBytesMax() - pendingBytes()) {
            return tooMuch(
                    manifest.size() + " bytes more",
                    limits.pendingBytesMax(),
                    "bytes of files on their way");
        }
        return null;
    }

    private static String tooMuch(String what, long limit, String ofWhat) {
        return what + ", and the limit is " + limit + " " + ofWhat;
    }

    private long count(UserId from) {
        return files.keySet().stream().filter(id -> id.from().equals(from)).count();
    }

    private long pendingBytes() {
        return files.values().stream().mapToLong(file -> file.manifest().size()).sum();
    }

    private FileOutcome stray(TransferId id) {
        return ended.add(id)
                ? new Refused(id.from(), shown(id.fileId()), "its beginning has not come", null)
                : new Nothing();
    }

    private List<FileOutcome> endAll(Predicate<IncomingFile> isOver, String reason) {
        List<Map.Entry<TransferId, IncomingFile>> over =
                files.entrySet().stream().filter(entry -> isOver.test(entry.getValue())).toList();
        return over.stream().map(e -> end(e.getKey(), e.getValue(), reason)).toList();
    }

    private FileOutcome end(TransferId id, IncomingFile file, String reason) {
        files.remove(id);
        ended.add(id);
        file.discard();
        return refused(file.manifest(), reason);
    }

    private static FileOutcome refused(Manifest manifest, String reason) {
        return new Refused(manifest.sender(), manifest.safeName(), reason, manifest);
    }

    private static String shown(String fileId) {
        return fileId.substring(0, Math.min(fileId.length(), ReceiveLimits.FILE_ID_CHARS_MAX));
    }

    private static TransferId idOf(FilePart part) {
        return new TransferId(part.author(), part.fileId());
    }
}
