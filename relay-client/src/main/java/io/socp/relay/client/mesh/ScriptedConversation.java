package io.socp.relay.client.mesh;

import io.socp.relay.client.ClientEvent.DirectMessage;
import io.socp.relay.client.ClientEvent.PresenceChanged;
import io.socp.relay.client.ClientEvent.PublicMessage;
import io.socp.relay.crypto.IdentityKey;
import java.util.function.Consumer;

/**
 * Alice and Bob, on different relays where there are two, write to each other while the audience
 * watches. Used by one thread; afterwards both stay and answer.
 */
public final class ScriptedConversation implements AutoCloseable {

    private final Consumer<String> audience;
    private final ScriptedUser alice;
    private final ScriptedUser bob;

    /** Both users connect at once. */
    public ScriptedConversation(
            LocalRelay alices,
            IdentityKey alicesKey,
            LocalRelay bobs,
            IdentityKey bobsKey,
            Consumer<String> audience) {
        this.audience = audience;
        this.alice = new ScriptedUser("alice", alices, alicesKey);
        this.bob = new ScriptedUser("bob", bobs, bobsKey);
    }

    /** Plays the script; fails when a line does not arrive. */
    public void play() throws MeshException, InterruptedException {
        var bobsId = bob.id();
        var alicesId = alice.id();
        audience.accept(alice.introduction() + " is " + alicesId);
        audience.accept(bob.introduction() + " is " + bobsId);
        alice.await(PresenceChanged.class, seen -> seen.user().equals(bobsId));
        bob.await(PresenceChanged.class, seen -> seen.user().equals(alicesId));
        audience.accept("they see each other");
        direct(alice, bob, "Good evening, Bob. Only you can read this.");
        direct(bob, alice, "Good evening, Alice. I know it is you.");
        toAll("This is for everyone on every relay.");
        alice.startAnswering();
        bob.startAnswering();
    }

    private void direct(ScriptedUser author, ScriptedUser reader, String text)
            throws MeshException, InterruptedException {
        audience.accept(author.introduction() + " writes: " + text);
        author.tell(reader, text);
        DirectMessage message = reader.await(DirectMessage.class, m -> m.text().equals(text));
        show(reader, message.text(), message.isVerified(), "encrypted for this user");
    }

    private void toAll(String text) throws MeshException, InterruptedException {
        audience.accept(alice.introduction() + " writes to all: " + text);
        alice.tellAll(text);
        PublicMessage message = bob.await(PublicMessage.class, m -> m.text().equals(text));
        show(bob, message.text(), message.isVerified(), "public");
    }

    private void show(ScriptedUser reader, String text, boolean isVerified, String how) {
        String proof = isVerified ? "signature verified" : "signature NOT VERIFIED";
        audience.accept(
                "  "
                        + reader.introduction()
                        + " reads:  "
                        + text
                        + "  ["
                        + how
                        + ", "
                        + proof
                        + "]");
    }

    @Override
    public void close() {
        alice.close();
        bob.close();
    }
}
