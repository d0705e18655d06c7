package io.socp.relay.client.chat;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.FileProgress;
import io.socp.relay.client.OnlineUser;
import io.socp.relay.client.Sent;
import io.socp.relay.ownership.ThreadSafe;
import java.util.List;

/** Lines for a person, and bars below them. Thread-safe as its two parts are. */
@ThreadSafe
public final class TerminalView implements ChatView {

    private final TextView text;
    private final ProgressBars bars;

    public TerminalView(TextView text, ProgressBars bars) {
        this.text = text;
        this.bars = bars;
    }

    @Override
    public void event(ClientEvent event) {
        if (event instanceof FileProgress progress) {
            bars.onProgress(progress);
        } else {
            text.event(event);
        }
    }

    @Override
    public void sent(Sent sent) {
        text.sent(sent);
    }

    @Override
    public void list(List<OnlineUser> users) {
        text.list(users);
    }

    @Override
    public void error(String code, String detail) {
        text.error(code, detail);
    }

    @Override
    public void hint(String lines) {
        text.hint(lines);
    }
}
