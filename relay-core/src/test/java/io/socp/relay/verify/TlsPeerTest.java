package io.socp.relay.verify;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.ALL_KEYS;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Stages.linkOf;
import static io.socp.relay.testing.Stages.vet;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.verify.LinkIdentity.Introducer;
import io.socp.relay.verify.LinkIdentity.Stranger;
import io.socp.relay.verify.Rejection.Reason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a key proven in the handshake means for the frames that come on the link. */
class TlsPeerTest {

    private static final TlsPeer A_PROVEN = new TlsPeer.Proven(A.key());
    private static final TlsPeer B_PROVEN = new TlsPeer.Proven(B.key());

    static Stream<EnvelopeBuilder> greetings() {
        return Stream.of(
                Envelopes.serverHelloJoin(A),
                Envelopes.serverHelloLink(A),
                Envelopes.serverAnnounce(A));
    }

    @ParameterizedTest
    @MethodSource("greetings")
    void shouldTakeAGreetingUnderTheKeyProven(EnvelopeBuilder greeting) {
        assertThat(vet(ALL_KEYS, greeting.build(), new Stranger(A_PROVEN)))
                .isInstanceOf(Vetted.class);
        assertThat(vet(ALL_KEYS, greeting.build(), new Introducer(null, A_PROVEN)))
                .isInstanceOf(Vetted.class);
    }

    @ParameterizedTest
    @MethodSource("greetings")
    void attackShouldFailWhenAGreetingIsReplayedOnALinkOfAnother(EnvelopeBuilder greeting) {
        assertRefused(vet(ALL_KEYS, greeting.build(), new Stranger(B_PROVEN)));
        assertRefused(vet(ALL_KEYS, greeting.build(), new Introducer(null, B_PROVEN)));
    }

    @Test
    void attackShouldFailWhenAWelcomeIsReplayedOnALinkOfAnother() {
        Envelope welcome = Envelopes.serverWelcome(A, C).build();

        assertRefused(vet(ALL_KEYS, welcome, new Introducer(null, B_PROVEN)));
        assertThat(vet(ALL_KEYS, welcome, new Introducer(null, A_PROVEN)))
                .isInstanceOf(Vetted.class);
    }

    @Test
    void attackShouldFailWhenAUsersHelloIsReplayedUnderAnothersCertificate() {
        Envelope hello = Envelopes.userHello(ALICE).build();

        assertRefused(vet(ALL_KEYS, hello, new Stranger(new TlsPeer.Proven(BOB.key()))));
        assertThat(vet(ALL_KEYS, hello, new Stranger(new TlsPeer.Anonymous())))
                .isInstanceOf(Vetted.class);
    }

    @ParameterizedTest
    @MethodSource("greetings")
    void shouldAskNothingMoreOfALinkThatProvesNothing(EnvelopeBuilder greeting) {
        assertThat(vet(ALL_KEYS, greeting.build(), new Stranger(new TlsPeer.None())))
                .isInstanceOf(Vetted.class);
        assertThat(vet(ALL_KEYS, greeting.build(), new Stranger(new TlsPeer.Anonymous())))
                .isInstanceOf(Vetted.class);
    }

    @ParameterizedTest
    @MethodSource("greetings")
    void attackShouldFailWhenAGreetingOfOurOwnKindComesFromOneWhoShowsNoChain(
            EnvelopeBuilder greeting) {
        Envelope ours = greeting.with("ext", JsonObject.builder().put("v", 1).build()).build();

        assertRefused(vet(ALL_KEYS, ours, new Stranger(new TlsPeer.Anonymous())));
        assertThat(vet(ALL_KEYS, ours, new Stranger(A_PROVEN))).isInstanceOf(Vetted.class);
        assertThat(vet(ALL_KEYS, ours, new Stranger())).isInstanceOf(Vetted.class);
    }

    @Test
    void shouldRememberTheHandshakeWhileTheOtherEndIsNotKnown() {
        assertThat(new Stranger().over(A_PROVEN)).isEqualTo(new Stranger(A_PROVEN));
        assertThat(new Introducer(B.key()).over(A_PROVEN))
                .isEqualTo(new Introducer(B.key(), A_PROVEN));
        assertThat(linkOf(A).over(A_PROVEN)).isEqualTo(linkOf(A));
    }

    private static void assertRefused(Vetting vetting) {
        assertThat(vetting)
                .isInstanceOfSatisfying(
                        Vetting.Refused.class,
                        refused ->
                                assertThat(refused.rejection().reason())
                                        .isEqualTo(Reason.KEY_MISMATCH));
    }
}
