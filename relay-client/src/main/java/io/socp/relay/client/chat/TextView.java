package io.socp.relay.client.chat;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.FileProgress;
import io.socp.relay.client.OnlineUser;
import io.socp.relay.client.Sent;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lines for a person. Thread-safe as far as the line sink is.
 *
 * <p>What others wrote is shown with its control characters replaced: a message must not be able to
 * move the cursor or to pretend to be another line.
 */
@ThreadSafe
public final class TextView implements ChatView {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    /** Enough of a UUID to tell people apart, and to address them. */
    private static final int SHORT_ID_CHARS = 8;

    private final Consumer<String> lines;
    private final UserNames names;
    private final ZoneId zone;

    public TextView(Consumer<String> lines, UserNames names, ZoneId zone) {
        this.lines = lines;
        this.names = names;
        this.zone = zone;
    }

    @Override
    public void event(ClientEvent event) {
        switch (event) {
            case ClientEvent.Ready(var user, var server) ->
                    show(
                            "you are "
                                    + user
                                    + (server == null ? "" : ", on server " + server)
                                    + "; /help lists the commands");
            case ClientEvent.DirectMessage(var from, var text, long ts, boolean isVerified) ->
                    show(said(from, ts, "to you", text, isVerified));
            case ClientEvent.PublicMessage(
                            var from,
                            var text,
                            long ts,
                            boolean isVerified,
                            boolean isEncrypted) ->
                    show(said(from, ts, toAll(isEncrypted), text, isVerified));
            case ClientEvent.FileReceived file -> show(received(file));
            case FileProgress _ -> {} // moves, and lines do not
            case ClientEvent.PresenceChanged(var user, var name, boolean isOnline) -> {
                String who = who(name, user.value());
                show("* " + who + (isOnline ? " is here" : " has left"));
            }
            case ClientEvent.ServerError(String code, String detail) -> error(code, detail);
            case ClientEvent.ClientError(var code, String detail) -> error(code.name(), detail);
            case ClientEvent.Reconnecting(String reason, var server, long pauseMs) ->
                    show("* " + reason + "; connecting to " + server + " in " + pauseMs + " ms");
            case ClientEvent.Closed(String reason) -> show("* closed: " + reason);
        }
    }

    /** The person typed it a moment ago: nothing to add but a trace that it went out. */
    @Override
    public void sent(Sent sent) {
        show(
                sent.to().equals(FileCommand.EVERYONE)
                        ? "  sent " + toAll(sent.isEncrypted())
                        : "  sent to " + who(names.nameOf(sent.to()), sent.to()));
    }

    @Override
    public void list(List<OnlineUser> users) {
        show(users.size() + (users.size() == 1 ? " user online" : " users online"));
        for (OnlineUser row : users) {
            show("  " + row.user() + (row.name() == null ? "" : "  " + row.name()));
        }
    }

    @Override
    public void error(String code, String detail) {
        show("! " + code + (detail.isEmpty() ? "" : ": " + detail));
    }

    @Override
    public void hint(String text) {
        text.lines().forEach(lines);
    }

    private String said(UserId from, long ts, String to, String text, boolean isVerified) {
        String time = CLOCK.format(Instant.ofEpochMilli(ts).atZone(zone));
        String mark = isVerified ? "" : " [NOT VERIFIED]";
        String who = who(names.nameOf(from.value()), from.value());
        return time + " " + who + " " + to + mark + ": " + text;
    }

    /** Which of the two applies changes with who is here, so it is said each time. */
    private static String toAll(boolean isEncrypted) {
        return isEncrypted ? "to all [encrypted]" : "to all [open]";
    }

    private String received(ClientEvent.FileReceived file) {
        String who = who(names.nameOf(file.from().value()), file.from().value());
        String mark = file.isVerified() ? "" : " [NOT VERIFIED]";
        return "* file from " + who + mark + ": " + file.path() + ", " + file.size() + " bytes";
    }

    /** Never the name alone: anyone may take any. */
    private static String who(@Nullable String name, String id) {
        String shortId = id.substring(0, Math.min(SHORT_ID_CHARS, id.length()));
        return name == null ? shortId : name + " (" + shortId + ")";
    }

    private void show(String line) {
        lines.accept(printable(line));
    }

    /** The text with every control, format and line-separating character replaced by U+FFFD. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .map(codePoint -> isHarmless(codePoint) ? codePoint : 0xfffd)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    false;
            case Character.FORMAT ->
                    codePoint == 0x200d; // joins emoji; the others reorder or hide text
            default -> true;
        };
    }
}
