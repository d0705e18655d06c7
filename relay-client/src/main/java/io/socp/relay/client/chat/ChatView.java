package io.socp.relay.client.chat;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.OnlineUser;
import io.socp.relay.client.Sent;
import java.util.List;

/** Shows what happens in a chat. Implementations are thread-safe and show one thing at a time. */
public interface ChatView {

    void event(ClientEvent event);

    /** What became of a message of this user's. */
    void sent(Sent sent);

    /** The answer to a question who is there. */
    void list(List<OnlineUser> users);

    /** Something that did not work; {@code code} is for programs, {@code detail} for people. */
    void error(String code, String detail);

    /** Help for a person; several lines are separated by {@code \n}. */
    void hint(String text);
}
