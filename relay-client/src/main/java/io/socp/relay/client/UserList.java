package io.socp.relay.client;

import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.ListedUser;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Asks the server who is online, page by page. Confined to the client's queue.
 *
 * <p>Requests carry no number, so one is under way at a time and the others wait for their turn.
 */
final class UserList {

    /** One call of {@code list()} and the pages it has so far. */
    private static final class Call {
        private final TreeMap<UserId, OnlineUser> rows = new TreeMap<>();
        private final CompletableFuture<Collection<OnlineUser>> answer = new CompletableFuture<>();
        private String after = "";
    }

    private final Consumer<String> asker;
    private final Consumer<Runnable> timer;
    private final Queue<Call> calls = new ArrayDeque<>();

    /**
     * @param asker asks for the page after a user's id
     * @param timer runs a task on the queue when the patience for an answer is over
     */
    UserList(Consumer<String> asker, Consumer<Runnable> timer) {
        this.asker = asker;
        this.timer = timer;
    }

    /** Everyone the server knows, sorted by id; fails with {@code TIMEOUT}. */
    CompletableFuture<Collection<OnlineUser>> fetch() {
        Call call = new Call();
        calls.add(call);
        if (calls.size() == 1) {
            ask(call);
        }
        return call.answer;
    }

    void onResponse(ListResponse page) {
        Call call = calls.peek();
        if (call == null) {
            return; // not asked for
        }
        page.users().forEach(listed -> add(call, listed));
        if (page.next().compareTo(call.after) > 0) {
            call.after = page.next();
            ask(call);
        } else {
            next();
            call.answer.complete(List.copyOf(call.rows.values()));
        }
    }

    void onEnd(SocpException cause) {
        List<Call> unanswered = List.copyOf(calls);
        calls.clear();
        unanswered.forEach(call -> call.answer.completeExceptionally(cause));
    }

    private void ask(Call call) {
        String asked = call.after;
        timer.accept(() -> {
            if (call == calls.peek() && call.after.equals(asked)) {
                next();
                call.answer.completeExceptionally(
                        new SocpException(
                                ClientErrorCode.TIMEOUT,
                                "the server has not answered the list request"));
            }
        });
        asker.accept(asked);
    }

    private void next() {
        calls.remove();
        Call next = calls.peek();
        if (next != null) {
            ask(next);
        }
    }

    private static void add(Call call, ListedUser listed) {
        if (IdRule.LENIENT.accepts(listed.user())) {
            UserId user = new UserId(listed.user());
            call.rows.put(user, new OnlineUser(user, listed.name()));
        }
    }
}
