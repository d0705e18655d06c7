package io.socp.relay.mesh;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;

/**
 * Where a server can be dialled, in the words of someone who has shown nothing. Immutable.
 *
 * @param on the link on which it was said
 * @param said the key that was said with it: nobody is held to it, but it shows how that server
 *     writes keys
 */
@Immutable
public record Hint(LinkId on, ServerId server, HostPort address, RsaPublicKey said) {}
