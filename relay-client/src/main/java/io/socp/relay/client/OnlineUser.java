package io.socp.relay.client;

import io.socp.relay.identity.UserId;
import org.jspecify.annotations.Nullable;

/** A user who is on the network now; {@code name} is the display name, null when there is none. */
public record OnlineUser(UserId user, @Nullable String name) {}
