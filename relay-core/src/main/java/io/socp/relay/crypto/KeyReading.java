package io.socp.relay.crypto;

import io.socp.relay.ownership.Immutable;

/** What became of a public key's text. */
public sealed interface KeyReading {

    /** A key SOCP allows. Immutable. */
    @Immutable
    record Valid(RsaPublicKey key) implements KeyReading {}

    /** Text that is no key, or a key SOCP does not allow; the reason may be shown to its sender. */
    @Immutable
    record Invalid(String reason) implements KeyReading {}
}
