package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.MeshMessage;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.LinkIdentity.Introducer;
import io.socp.relay.verify.Rejection.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server must show to introduce itself: the key that is pinned to its id, and the one that
 * the link's TLS has proven, where either is known. Thread-safe: reads the {@link KeyDirectory}.
 */
@ThreadSafe
final class GreetingPolicy {

    private final KeyDirectory keys;

    GreetingPolicy(KeyDirectory keys) {
        this.keys = keys;
    }

    /** One that comes under another's id is told a fresh one, if it proves the key it shows. */
    Vetting joining(Case c, ServerHelloJoin join) {
        RsaPublicKey pinned = keys.keyOf(join.server());
        return c.needs(
                pinned == null || pinned.equals(join.key())
                        ? new Requirement.Greeting(join.key())
                        : new Requirement.Transport(List.of(join.key())));
    }

    /** Whoever greets under an id shows the key that is pinned to it. */
    Vetting greeting(Case c, Greeting greeting) {
        RsaPublicKey pinned = keys.keyOf(greeting.server());
        if (pinned != null && !pinned.equals(greeting.key())) {
            return mismatch(c, greeting.server(), greeting.key(), pinned);
        }
        return c.needs(new Requirement.Greeting(greeting.key()));
    }

    /** What an introducer answers to our JOIN: a welcome, or a greeting of its own. */
    Vetting answer(Case c, MeshMessage answer, @Nullable RsaPublicKey said, Introducer introducer) {
        RsaPublicKey given = introducer.pinned();
        RsaPublicKey pinned = given == null ? keys.keyOf(answer.server()) : given;
        if (pinned != null && said != null && !pinned.equals(said)) {
            return mismatch(c, answer.server(), said, pinned);
        }
        RsaPublicKey key = pinned == null ? said : pinned;
        if (introducer.tls().contradicts(key)) {
            return contradicts(c);
        }
        if (key == null) {
            return c.refuse(
                    Reason.UNKNOWN_ORIGIN,
                    c.envelope().type() + " brings no pubkey and the bootstrap file pins none");
        }
        // Unsigned, as some servers welcome, it is a claim until something signed follows.
        return c.needs(new Requirement.Greeting(key));
    }

    /** What is said on the link is not said by the end that TLS has shown. */
    static Vetting contradicts(Case c) {
        return c.refuse(
                Reason.KEY_MISMATCH,
                c.envelope().type() + " is not under the key that this link's TLS has proven");
    }

    private static Vetting mismatch(
            Case c, ServerId server, RsaPublicKey said, RsaPublicKey pinned) {
        return c.refuse(
                Reason.KEY_MISMATCH,
                "server "
                        + server
                        + " shows key "
                        + said.fingerprint()
                        + ", but "
                        + pinned.fingerprint()
                        + " is pinned to it");
    }

    /** Whether the key may turn out to be this server's. */
    boolean isFreeFor(ServerId server, RsaPublicKey key) {
        RsaPublicKey known = keys.keyOf(server);
        return known == null || known.equals(key);
    }
}
