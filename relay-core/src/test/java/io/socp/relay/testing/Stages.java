package io.socp.relay.testing;

import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dedup.SeenMessages;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.FreshnessWindow;
import io.socp.relay.verify.KeyDirectory;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import io.socp.relay.verify.LinkPolicy;
import io.socp.relay.verify.MessageVerifier;
import io.socp.relay.verify.Verification;
import io.socp.relay.verify.VerifiedMessage;
import io.socp.relay.verify.Vetted;
import io.socp.relay.verify.Vetting;
import java.time.Duration;

/**
 * Takes an envelope through the real stages, as far as a test of a later stage needs it. The test
 * is wrong when a stage refuses.
 */
public final class Stages {

    public static final FreshnessWindow WINDOW = new FreshnessWindow(Duration.ofMinutes(2));
    public static final Moment START = new Moment(0, VirtualClock.START_EPOCH_MS);

    private static final MessageParser PARSER = new MessageParser(IdRule.UUID_V4);
    private static final MessageVerifier VERIFIER = new MessageVerifier(new SignatureVerifier());

    private Stages() {}

    public static LinkIdentity linkOf(Person user) {
        return new LinkIdentity.User(user.id(), user.key(), PresenceFeed.PUSHED);
    }

    public static LinkIdentity linkOf(Server server) {
        return new LinkIdentity.Server(server.id(), server.key());
    }

    public static SocpMessage message(Envelope envelope) {
        return ((Parsing.Parsed) PARSER.parse(envelope)).message();
    }

    public static Vetting vet(KeyDirectory keys, Envelope envelope, LinkIdentity link) {
        return new LinkPolicy(keys, WINDOW).vet(envelope, message(envelope), link, START);
    }

    public static Verification verify(Vetting vetting) {
        return VERIFIER.verify((Vetted) vetting);
    }

    public static VerifiedMessage verified(Envelope envelope, LinkIdentity link) {
        Verification verification = verify(vet(Actors.ALL_KEYS, envelope, link));
        return ((Verification.Accepted) verification).message();
    }

    public static Admitted admitted(Envelope envelope, LinkIdentity link) {
        var seen = new SeenMessages(100, Duration.ofMinutes(5), () -> START);
        return (Admitted) seen.admit(verified(envelope, link));
    }
}
