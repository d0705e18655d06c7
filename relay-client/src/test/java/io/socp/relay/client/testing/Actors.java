package io.socp.relay.client.testing;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;

/** The people of the client's tests. */
public final class Actors {

    public static final UserId ALICE = new UserId("a11ce000-0000-4000-8000-000000000001");
    public static final UserId BOB = new UserId("b0b00000-0000-4000-8000-000000000002");
    public static final UserId CAROL = new UserId("ca201000-0000-4000-8000-000000000003");

    private Actors() {}

    /** Bob's pen, with Bob's key. */
    public static Sealer bob() {
        return new Sealer(BOB, TestKeys.BOB.identity());
    }

    /** Bob's name under a key that is not Bob's. */
    public static Sealer falseBob() {
        return new Sealer(BOB, TestKeys.MALLORY.identity());
    }
}
