package io.socp.relay.client;

import io.socp.relay.client.e2e.Addressee;
import io.socp.relay.client.e2e.ChannelKey;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.verify.ContentSignature;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this user says to everyone: encrypted while everyone here is known to read it, plain
 * otherwise. Confined to the client's queue.
 *
 * <p>Who is here is known for certain once everyone on the server's list has also been advertised:
 * until then, and with servers that have no list, everything is plain. The key is this user's own;
 * it is made for the first message, and shared with those who lack it just before each message.
 */
final class PublicChannel {

    /** Shares in one frame, which has 40 KB then; the relay's limit is 256 KiB. */
    static final int SHARES_MAX = 50;

    /** Messages under one key. */
    static final int MESSAGES_MAX = 1 << 20;

    private record Waiting(String text, CompletableFuture<Sent> sent) {}

    private final Outbox outbox;
    private final HomeServer home;
    private final Directory directory;
    private final KeyBook keys;
    private final Supplier<CompletableFuture<Collection<OnlineUser>>> lister;
    private final boolean isHybrid;

    /** Which session of a member has the key, by the time it was advertised at. */
    private final Map<UserId, Long> sharedTsByMember = new HashMap<>();

    /** Texts whose form depends on the server's answer. */
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private @Nullable ChannelKey key;
    private int messages;

    /** Whether all who were here before us have been advertised; those who come are. */
    private boolean isEveryoneKnown;

    /**
     * @param lister asks the server who is online
     * @param isHybrid whether this user wants encryption at all
     */
    PublicChannel(
            Outbox outbox,
            HomeServer home,
            Directory directory,
            KeyBook keys,
            Supplier<CompletableFuture<Collection<OnlineUser>>> lister,
            boolean isHybrid) {
        this.outbox = outbox;
        this.home = home;
        this.directory = directory;
        this.keys = keys;
        this.lister = lister;
        this.isHybrid = isHybrid;
    }

    /** Sends in the order of the calls. */
    CompletableFuture<Sent> send(String text) {
        if (waiting.isEmpty() && !mustAsk()) {
            return sendNow(text);
        }
        Waiting next = new Waiting(text, new CompletableFuture<>());
        waiting.add(next);
        if (waiting.size() == 1) {
            ask();
        }
        return next.sent();
    }

    private boolean mustAsk() {
        return !isEveryoneKnown && home.answersLists() && !members().isEmpty();
    }

    private void ask() {
        Failures.finish(
                lister.get()
                        .thenApply(this::areAdvertised)
                        .exceptionally(_ -> false)
                        .thenAccept(this::onAnswer));
    }

    private void onAnswer(boolean areAdvertised) {
        isEveryoneKnown = areAdvertised;
        List<Waiting> next = List.copyOf(waiting);
        waiting.clear();
        next.forEach(call -> Failures.relay(sendNow(call.text()), call.sent()));
    }

    private CompletableFuture<Sent> sendNow(String text) {
        List<Addressee> members = isEveryoneKnown ? members() : List.of();
        return members.isEmpty() ? outbox.toEveryone(text, null) : encrypted(text, members);
    }

    private CompletableFuture<Sent> encrypted(String text, List<Addressee> members) {
        if (key == null || messages >= MESSAGES_MAX) {
            key = ChannelKey.random();
            messages = 0;
            sharedTsByMember.clear();
        }
        messages++;
        ChannelKey current = key;
        List<Addressee> lacking =
                members.stream()
                        .filter(member -> !tsOf(member).equals(sharedTsByMember.get(member.user())))
                        .toList();
        for (int from = 0; from < lacking.size(); from += SHARES_MAX) {
            int to = Math.min(from + SHARES_MAX, lacking.size());
            Failures.finish(outbox.keyShare(current, lacking.subList(from, to)));
        }
        lacking.forEach(member -> sharedTsByMember.put(member.user(), tsOf(member)));
        return outbox.toEveryone(text, current);
    }

    /** A user is not there any more; the next session will need the key anew. */
    void onUserLeft(UserId user) {
        sharedTsByMember.remove(user);
    }

    /** Everyone else here; nobody when nobody is, or when one of them could not read it. */
    private List<Addressee> members() {
        if (!isHybrid) {
            return List.of();
        }
        List<Addressee> members = new ArrayList<>();
        for (Map.Entry<UserId, Advertised> other : directory.others().entrySet()) {
            Advertised said = other.getValue();
            RsaPublicKey pinned = keys.forReading(other.getKey());
            if (!said.isHybrid() || pinned == null || !pinned.equals(said.key())) {
                return List.of();
            }
            members.add(
                    new Addressee(
                            other.getKey(), pinned, ContentSignature.CONCATENATED_TEXT, true));
        }
        return members;
    }

    private boolean areAdvertised(Collection<OnlineUser> listed) {
        return listed.stream()
                .map(OnlineUser::user)
                .allMatch(user -> directory.of(user) != null || directory.isSelf(user));
    }

    private Long tsOf(Addressee member) {
        Advertised said = directory.of(member.user());
        return said == null ? 0L : said.ts();
    }
}
