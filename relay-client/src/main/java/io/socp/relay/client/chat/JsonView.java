package io.socp.relay.client.chat;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.FileProgress;
import io.socp.relay.client.FileProgress.Direction;
import io.socp.relay.client.OnlineUser;
import io.socp.relay.client.Sent;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON object a line, for scripts: the contract of {@code --json}. Thread-safe as far as the
 * line sink is. Hints are for people and go elsewhere.
 */
@ThreadSafe
public final class JsonView implements ChatView {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Consumer<String> lines;
    private final Consumer<String> hints;

    public JsonView(Consumer<String> lines, Consumer<String> hints) {
        this.lines = lines;
        this.hints = hints;
    }

    @Override
    public void event(ClientEvent event) {
        switch (event) {
            case ClientEvent.Ready(var user, var server) ->
                    write(
                            named("ready")
                                    .put("user", user.value())
                                    .put("server", server == null ? "" : server.value()));
            case ClientEvent.DirectMessage(var from, var text, long ts, boolean isVerified) ->
                    write(message("direct", from, text, ts, isVerified).put("encrypted", true));
            case ClientEvent.PublicMessage said ->
                    write(
                            message(
                                            "public",
                                            said.from(),
                                            said.text(),
                                            said.ts(),
                                            said.isVerified())
                                    .put("encrypted", said.isEncrypted()));
            case ClientEvent.FileReceived file -> file(file);
            case FileProgress progress -> progress(progress);
            case ClientEvent.PresenceChanged(var user, _, boolean isOnline) ->
                    write(named("presence").put("user", user.value()).put("online", isOnline));
            case ClientEvent.ServerError(String code, String detail) -> error(code, detail);
            case ClientEvent.ClientError(var code, String detail) -> error(code.name(), detail);
            case ClientEvent.Reconnecting(String reason, var server, long pauseMs) ->
                    write(
                            named("reconnecting")
                                    .put("reason", reason)
                                    .put("server", server.toString())
                                    .put("pause_ms", pauseMs));
            case ClientEvent.Closed(String reason) -> write(named("closed").put("reason", reason));
        }
    }

    @Override
    public void sent(Sent sent) {
        ObjectNode event =
                named("sent")
                        .put("ref", sent.ref())
                        .put("to", sent.to())
                        .put("state", sent.state().name().toLowerCase(Locale.ROOT))
                        .put("encrypted", sent.isEncrypted());
        ArrayNode trace = event.putArray("trace");
        sent.trace().forEach(trace::add);
        write(event);
    }

    @Override
    public void list(List<OnlineUser> users) {
        ObjectNode event = named("list");
        ArrayNode rows = event.putArray("users");
        for (OnlineUser row : users) {
            String id = row.user().value();
            rows.addObject().put("user", id).put("name", row.name() == null ? id : row.name());
        }
        write(event);
    }

    @Override
    public void error(String code, String detail) {
        write(named("error").put("code", code).put("detail", detail));
    }

    @Override
    public void hint(String text) {
        hints.accept(text);
    }

    private void file(ClientEvent.FileReceived file) {
        write(
                named("file")
                        .put("from", file.from().value())
                        .put("name", file.name())
                        .put("path", file.path().toString())
                        .put("size", file.size())
                        .put("sha256", file.sha256())
                        .put("verified", file.isVerified()));
    }

    /** What is sent; of what comes the contract has the end only. */
    private void progress(FileProgress progress) {
        if (progress.direction() == Direction.OUTGOING) {
            write(
                    named("progress")
                            .put("file_id", progress.fileId())
                            .put("name", progress.name())
                            .put("sent", progress.doneBytes())
                            .put("size", progress.sizeBytes()));
        }
    }

    private static ObjectNode message(
            String kind, UserId from, String text, long ts, boolean isVerified) {
        return named("message")
                .put("kind", kind)
                .put("from", from.value())
                .put("text", text)
                .put("ts", ts)
                .put("verified", isVerified);
    }

    private static ObjectNode named(String event) {
        return JSON.createObjectNode().put("event", event);
    }

    private void write(ObjectNode event) {
        lines.accept(JSON.writeValueAsString(event));
    }
}
