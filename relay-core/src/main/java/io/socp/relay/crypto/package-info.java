/**
 * RSA-4096 keys, PSS signatures and OAEP blocks, with no knowledge of SOCP messages (SOCP §3).
 *
 * <p>Cryptographic decisions are taken by a JCA provider, never by code of this package. Owner
 * thread: none, every type is immutable or thread-safe; calls cost up to milliseconds of CPU, so
 * event loops hand them off. Allowed imports: the JDK, BouncyCastle, Amazon Corretto Crypto
 * Provider, {@code ownership}.
 */
@NullMarked
package io.socp.relay.crypto;

import org.jspecify.annotations.NullMarked;
