package io.socp.relay.client.e2e;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.ContentSignature;

/**
 * The reader of a direct message, and what that reader's client understands. Immutable.
 *
 * @param layout the only content signature some clients take
 * @param isHybrid whether the client has announced our hybrid forms
 */
@Immutable
public record Addressee(UserId user, RsaPublicKey key, ContentSignature layout, boolean isHybrid) {

    /** A stranger: plain SOCP, in the layout most read. */
    public static Addressee stranger(UserId user, RsaPublicKey key) {
        return new Addressee(user, key, ContentSignature.CONCATENATED_TEXT, false);
    }
}
