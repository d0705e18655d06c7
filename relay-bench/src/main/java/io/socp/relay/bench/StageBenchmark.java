package io.socp.relay.bench;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.dedup.MessageKey;
import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.dialect.UserFrames;
import io.socp.relay.engine.Outcome;
import io.socp.relay.envelope.Decoding;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.Parsing;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.Vetted;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The stages of a message's way, each by itself. A stage that needs the ones before it takes a
 * frame decoded anew, so that nothing it needs has been made already: subtract what those cost.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
public class StageBenchmark {

    private static final int SIGNATURE_BYTES = 512;
    private static final Set<Dialect> DIALECTS =
            Set.of(Dialect.STANDARD, new Dialect(KeyContainer.DER_BASE64URL, Dialect.Manner.OWN));

    private final Frames frames = Frames.direct();
    private final Frames framesToAll = Frames.toAll();
    private final LoneRelay relay =
            new LoneRelay((_, _, _) -> true, _ -> new byte[SIGNATURE_BYTES]);
    private final FrameSigner signer = new FrameSigner(_ -> new byte[SIGNATURE_BYTES]);
    private final UserFrames userFrames = new UserFrames(Actors.A.id().value());
    private final MessageParser parser = new MessageParser(IdRule.UUID_V4);
    private final SignatureVerifier verifier = new SignatureVerifier();
    private final byte[] frame = frames.at(relay.nextMs());
    private final Envelope envelope = Frames.decode(frame);
    private final RsaPublicKey author = Actors.ALICE.key();
    private final byte[] signature = Base64Url.decode(envelope.sig());
    private final byte[] signed = TestKeys.SERVER_A.signer().sign(envelope.payload().canonical());
    private final UserDeliver deliver =
            new UserDeliver(
                    Actors.A.id(),
                    Actors.BOB.id(),
                    Actors.ALICE.id(),
                    envelope.ts(),
                    sealed(message(envelope)));

    private static SealedText sealed(SocpMessage message) {
        return switch (message) {
            case MsgDirect direct -> direct.sealed();
            case SocpMessage other -> throw new IllegalStateException("no message: " + other);
        };
    }

    private SocpMessage message(Envelope of) {
        return switch (parser.parse(of)) {
            case Parsing.Parsed(SocpMessage message) -> message;
            case Parsing.Malformed malformed -> throw new IllegalStateException(malformed.detail());
        };
    }

    /** Bytes to an envelope. */
    @Benchmark
    public Decoding decode() {
        return Frames.CODEC.decode(frame);
    }

    /** With {@link #decode}: the form that is signed, as the sender wrote it. */
    @Benchmark
    public byte[] decodeAndCanonical() {
        return Frames.decode(frame).payload().canonical();
    }

    /** With {@link #decode} and the canonical form: what makes two frames one message. */
    @Benchmark
    public MessageKey decodeAndKey() {
        return MessageKey.of(Frames.decode(frame));
    }

    /** The typed message of an envelope. */
    @Benchmark
    public SocpMessage parse() {
        return message(envelope);
    }

    /** The text of a signature to its bytes. */
    @Benchmark
    public byte[] base64Signature() {
        return Base64Url.decode(envelope.sig());
    }

    /** One verification, salt length known. */
    @Benchmark
    public boolean verify() {
        return verifier.verifies(author, envelope.payload().canonical(), signature);
    }

    /** With {@link #decode}: parse, policy, and the look whether it was seen. */
    @Benchmark
    public Vetted decodeAndVet() {
        return relay.intake(Frames.decode(frames.at(relay.nextMs())));
    }

    /** With {@link #decodeAndVet}: admission and the decision where it goes. */
    @Benchmark
    public Outcome decodeVetAndRoute() {
        return relay.process(relay.intake(Frames.decode(frames.at(relay.nextMs()))));
    }

    /** A USER_DELIVER from message to bytes, but for the RSA operation. */
    @Benchmark
    public byte[] userDeliver() {
        return userFrames.deliver(deliver, Dialect.STANDARD, author).bytes(signer);
    }

    /** A message to all, from bytes to its versions for all readers. */
    @Benchmark
    public FrameVersions fanOutVersions() {
        Envelope received = Frames.decode(framesToAll.at(relay.nextMs()));
        return userFrames.passedOn(
                received,
                (Authored) message(received),
                OutboundFrame.asReceived(received),
                DIALECTS);
    }

    /** The bytes of a signature to their text. */
    @Benchmark
    public String base64Encode() {
        return Base64Url.encode(signed);
    }
}
