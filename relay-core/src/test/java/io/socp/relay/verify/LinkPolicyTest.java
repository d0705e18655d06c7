package io.socp.relay.verify;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.ALL_KEYS;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static io.socp.relay.testing.Stages.START;
import static io.socp.relay.testing.Stages.linkOf;
import static io.socp.relay.testing.Stages.vet;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.LinkIdentity.Introducer;
import io.socp.relay.verify.LinkIdentity.Stranger;
import io.socp.relay.verify.Rejection.Reason;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The links are Alice's and relay A's; the frames are theirs too unless the test says otherwise.
 */
class LinkPolicyTest {

    private static final LinkIdentity STRANGER = new Stranger();
    private static final LinkIdentity INTRODUCER = new Introducer(null);
    private static final LinkIdentity USER = linkOf(ALICE);
    private static final LinkIdentity SERVER = linkOf(A);

    private static final KeyDirectory NO_KEYS = new NoKeys();
    private static final long NOW = START.epochMs();
    private static final long SKEW_MS = Duration.ofMinutes(2).toMillis();

    private static final Set<MessageType> GREETINGS =
            EnumSet.of(
                    MessageType.SERVER_HELLO_JOIN,
                    MessageType.SERVER_HELLO_LINK,
                    MessageType.SERVER_ANNOUNCE);
    private static final Set<MessageType> FROM_ANYONE =
            EnumSet.of(MessageType.ACK, MessageType.ERROR, MessageType.CTRL_CLOSE);
    private static final Set<MessageType> AUTHORED =
            EnumSet.of(
                    MessageType.MSG_DIRECT,
                    MessageType.MSG_PUBLIC_CHANNEL,
                    MessageType.FILE_START,
                    MessageType.FILE_CHUNK,
                    MessageType.FILE_END);

    private record NoKeys() implements KeyDirectory {

        @Override
        public boolean isLocal(UserId user) {
            return false;
        }

        @Override
        public RsaPublicKey keyOf(ServerId server) {
            return null;
        }

        @Override
        public RsaPublicKey keyOf(UserId user) {
            return null;
        }

        @Override
        public boolean isLinked(ServerId server) {
            return false;
        }

        @Override
        public ServerId homeOf(UserId user) {
            return null;
        }
    }

    /** B is linked, and hosts Bob; Carol is ours. */
    private record LinkedB() implements KeyDirectory {

        @Override
        public boolean isLocal(UserId user) {
            return user.equals(CAROL.id());
        }

        @Override
        public RsaPublicKey keyOf(ServerId server) {
            return ALL_KEYS.keyOf(server);
        }

        @Override
        public RsaPublicKey keyOf(UserId user) {
            return ALL_KEYS.keyOf(user);
        }

        @Override
        public boolean isLinked(ServerId server) {
            return server.equals(B.id());
        }

        @Override
        public ServerId homeOf(UserId user) {
            return user.equals(BOB.id()) ? B.id() : null;
        }
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void shouldTakeOnlyGreetingsFromStranger(MessageType type) {
        Vetting vetting = vet(NO_KEYS, valid(type).build(), STRANGER);

        boolean isHello = type == MessageType.USER_HELLO || GREETINGS.contains(type);
        assertDecided(vetting, isHello || FROM_ANYONE.contains(type), Reason.NO_HELLO);
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void shouldTakeOnlyAnswersFromIntroducer(MessageType type) {
        Vetting vetting = vet(NO_KEYS, valid(type).build(), INTRODUCER);

        boolean isAnswer = type == MessageType.SERVER_WELCOME || GREETINGS.contains(type);
        assertDecided(vetting, isAnswer || FROM_ANYONE.contains(type), Reason.TOO_EARLY);
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void shouldTakeOnlyOwnMessagesAndQuestionsFromUser(MessageType type) {
        Vetting vetting = vet(ALL_KEYS, valid(type).from(ALICE.id()).build(), USER);

        boolean isAllowed =
                AUTHORED.contains(type)
                        || FROM_ANYONE.contains(type)
                        || type == MessageType.HEARTBEAT
                        || type == MessageType.LIST_REQUEST
                        || type == MessageType.PUBKEY_REQUEST
                        || type == MessageType.FOREIGN_QUERY
                        || type == MessageType.USER_ADVERTISE
                        || type == MessageType.USER_REMOVE
                        || type == MessageType.PUBLIC_CHANNEL_KEY_SHARE;
        assertDecided(vetting, isAllowed, Reason.OUT_OF_PLACE);
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void shouldTakeNoSessionsAndNoListsFromServer(MessageType type) {
        Vetting vetting = vet(ALL_KEYS, valid(type).build(), SERVER);

        boolean isOutOfPlace =
                type == MessageType.USER_HELLO
                        || type == MessageType.USER_WELCOME
                        || type == MessageType.USER_DELIVER
                        || type == MessageType.FOREIGN_QUERY
                        || type.name().startsWith("LIST_");
        boolean isUsersQuestion = type == MessageType.PUBKEY_REQUEST;
        assertDecided(
                vetting,
                !isOutOfPlace && !isUsersQuestion,
                isOutOfPlace ? Reason.OUT_OF_PLACE : Reason.FOREIGN_SENDER);
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void shouldRefuseWhatUserSaysInAnotherName(MessageType type) {
        Vetting vetting = vet(ALL_KEYS, valid(type).from(BOB.id()).build(), USER);

        assertDecided(vetting, FROM_ANYONE.contains(type), Reason.FOREIGN_SENDER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEARTBEAT", "SERVER_WELCOME"})
    void shouldRefuseWhatPeerSaysInAnotherName(String type) {
        Envelope foreign = valid(MessageType.valueOf(type)).from(B.id()).build();

        assertRefused(vet(ALL_KEYS, foreign, SERVER), Reason.FOREIGN_SENDER);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "120000, true", "-120000, true", "120001, false", "-120001, false"})
    void shouldTakeMessagesWithinFreshnessWindow(long offsetMs, boolean isFresh) {
        long ts = NOW + offsetMs;
        var own = Envelopes.msgDirect(ALICE, BOB).ts(ts).build();
        var relayed = Envelopes.msgPublic(ALICE).ts(ts).build();
        var delivered = Envelopes.serverDeliver(A, ALICE, BOB).ts(ts).build();

        assertDecided(vet(ALL_KEYS, own, USER), isFresh, Reason.STALE);
        assertDecided(vet(ALL_KEYS, relayed, SERVER), isFresh, Reason.STALE);
        assertDecided(vet(ALL_KEYS, delivered, SERVER), isFresh, Reason.STALE);
    }

    @Test
    void shouldSayHowStale() {
        Vetting vetting = vet(ALL_KEYS, Envelopes.msgPublic(ALICE).ts(NOW - 125_000).build(), USER);

        assertThat(refusal(vetting).detail())
                .isEqualTo("ts is 125 s behind this server's clock; at most 120 s are accepted");
    }

    @Test
    void shouldTakeOldPresenceFromHomeServerOnlyAndNoneFromTheFuture() {
        var old = Envelopes.advertise(A, ALICE).ts(NOW - 10 * SKEW_MS).build();
        var future = Envelopes.remove(A, ALICE).ts(NOW + SKEW_MS + 1).build();
        var nearFuture = Envelopes.remove(A, ALICE).ts(NOW + SKEW_MS).build();

        assertAccepted(vet(ALL_KEYS, old, SERVER));
        assertRefused(vet(ALL_KEYS, old, linkOf(B)), Reason.STALE);
        assertRefused(vet(ALL_KEYS, future, SERVER), Reason.STALE);
        assertAccepted(vet(ALL_KEYS, nearFuture, SERVER));
    }

    @Test
    void shouldRefuseGossipOfUnknownOrigin() {
        var person = new Person(BOB.id(), TestKeys.BOB);

        assertRefused(
                vet(NO_KEYS, Envelopes.advertise(B, person).build(), SERVER),
                Reason.UNKNOWN_ORIGIN);
        assertRefused(
                vet(NO_KEYS, Envelopes.msgPublic(person).build(), SERVER), Reason.UNKNOWN_ORIGIN);
    }

    @Test
    void shouldLetOnlyHomeServerSayWhereItsUsersAre() {
        var ofAnother = Envelopes.advertise(B, ALICE).with("server_id", A.id().value()).build();

        assertRefused(vet(ALL_KEYS, ofAnother, linkOf(B)), Reason.FOREIGN_SENDER);
    }

    @Test
    void shouldLetOnlyHomeServerTellOfItsUsersInBatches() {
        var ofAnother = batch(A, NOW).from(B.id()).build();

        assertRefused(vet(ALL_KEYS, ofAnother, linkOf(B)), Reason.FOREIGN_SENDER);
        assertThat(((Vetted) vet(ALL_KEYS, batch(A, NOW).build(), SERVER)).requirement())
                .isEqualTo(new Requirement.Transport(List.of(A.key())));
    }

    @Test
    void shouldTakeBatchOfThirdServerUnderItsOwnKeyWhileItIsNotLinked() {
        Envelope ofB = batch(B, NOW).build();

        assertThat(((Vetted) vet(ALL_KEYS, ofB, SERVER)).requirement())
                .isEqualTo(new Requirement.Transport(List.of(B.key())));
        assertRefused(vet(NO_KEYS, ofB, SERVER), Reason.UNKNOWN_ORIGIN);
        assertRefused(vet(ALL_KEYS, batch(B, NOW - SKEW_MS - 1).build(), SERVER), Reason.STALE);
    }

    @Test
    void shouldTakeNoBatchFromTheFuture() {
        assertAccepted(vet(ALL_KEYS, batch(A, NOW + SKEW_MS).build(), SERVER));
        assertRefused(vet(ALL_KEYS, batch(A, NOW + SKEW_MS + 1).build(), SERVER), Reason.STALE);
        assertAccepted(vet(ALL_KEYS, batch(A, NOW - 10 * SKEW_MS).build(), SERVER));
    }

    @ParameterizedTest
    @EnumSource(
            value = MessageType.class,
            names = {"SERVER_HELLO_LINK", "SERVER_ANNOUNCE"})
    void shouldRefuseGreetingWithAnotherKeyThanPinned(MessageType type) {
        Envelope greeting =
                valid(type).with("pubkey", MALLORY.key().text()).signedBy(TestKeys.MALLORY).build();

        assertRefused(vet(ALL_KEYS, greeting, STRANGER), Reason.KEY_MISMATCH);
        assertRefused(vet(ALL_KEYS, greeting, SERVER), Reason.KEY_MISMATCH);
        assertRefused(vet(NO_KEYS, greeting, new Introducer(A.key())), Reason.KEY_MISMATCH);
        assertAccepted(vet(NO_KEYS, greeting, STRANGER));
    }

    @Test
    void shouldLetJoinWithAnotherKeyThanPinnedPassOnlyWithProofOfIt() {
        var join = valid(MessageType.SERVER_HELLO_JOIN).with("pubkey", MALLORY.key().text());

        var vetted = vet(ALL_KEYS, join.signedBy(TestKeys.MALLORY).build(), STRANGER);

        assertThat(((Vetted) vetted).requirement())
                .isEqualTo(new Requirement.Transport(List.of(MALLORY.key())));
        assertRefused(
                vet(ALL_KEYS, join.signedBy(TestKeys.MALLORY).build(), SERVER),
                Reason.KEY_MISMATCH);
    }

    @Test
    void shouldTakeSignOfPinnedServerForItsAnswer() {
        var pinned = new Introducer(A.key());

        assertAccepted(vet(NO_KEYS, Envelopes.heartbeat(A).build(), pinned));
        assertAccepted(vet(NO_KEYS, Envelopes.advertise(A, ALICE).build(), pinned));
        assertRefused(
                vet(NO_KEYS, Envelopes.heartbeat(A).build(), new Introducer(null)),
                Reason.TOO_EARLY);
    }

    @Test
    void shouldNameBothKeysOfMismatch() {
        Vetting vetting =
                vet(NO_KEYS, Envelopes.serverWelcome(A, B).build(), new Introducer(B.key()));

        assertThat(refusal(vetting).detail())
                .contains(A.key().fingerprint())
                .contains(B.key().fingerprint());
    }

    @Test
    void shouldHoldIntroducersWelcomeAgainstPinnedKey() {
        var withoutKey = Envelopes.serverWelcome(A, B).without("pubkey").build();

        assertRefused(vet(NO_KEYS, withoutKey, INTRODUCER), Reason.UNKNOWN_ORIGIN);
        assertAccepted(vet(NO_KEYS, withoutKey, new Introducer(A.key())));
        assertAccepted(vet(ALL_KEYS, withoutKey, INTRODUCER));
    }

    @Test
    void shouldTakeUnsignedAnswerForClaimOfPinnedKey() {
        for (LinkIdentity link : List.of(new Introducer(A.key()), INTRODUCER)) {
            for (EnvelopeBuilder answer :
                    List.of(Envelopes.serverWelcome(A, B), Envelopes.serverAnnounce(A))) {
                Vetted vetted = (Vetted) vet(ALL_KEYS, answer.unsigned().build(), link);

                assertThat(vetted.requirement()).isEqualTo(new Requirement.Greeting(A.key()));
            }
        }
    }

    @Test
    void shouldTryKeyOfOriginBeforeKeyOfLink() {
        var gossip = Envelopes.channelAdd(B).build();

        Vetted known = (Vetted) vet(ALL_KEYS, gossip, SERVER);
        Vetted unknown = (Vetted) vet(NO_KEYS, gossip, SERVER);

        assertThat(known.requirement())
                .isEqualTo(new Requirement.Transport(List.of(B.key(), A.key())));
        assertThat(unknown.requirement()).isEqualTo(new Requirement.Transport(List.of(A.key())));
    }

    @Test
    void shouldTakeNoKeyButItsOwnForServerThatIsLinkedItself() {
        for (EnvelopeBuilder frame :
                List.of(Envelopes.serverDeliver(B, BOB, ALICE), Envelopes.channelAdd(B))) {
            assertThat(keysFor(vet(new LinkedB(), frame.build(), SERVER))).containsExactly(B.key());
            assertThat(keysFor(vet(new LinkedB(), frame.build(), linkOf(B))))
                    .containsExactly(B.key());
            assertThat(keysFor(vet(ALL_KEYS, frame.build(), SERVER)))
                    .containsExactly(B.key(), A.key());
        }
    }

    @Test
    void shouldTakeKeyOfPeerForItsOwnMembersAlone() {
        Envelope ofBob = Envelopes.channelKeyShare(B).from(BOB.id()).build();
        Envelope ofCarol = Envelopes.channelKeyShare(B).from(CAROL.id()).build();

        assertThat(keysFor(vet(new LinkedB(), ofBob, linkOf(B))))
                .containsExactly(BOB.key(), B.key());
        assertThat(keysFor(vet(new LinkedB(), ofBob, SERVER))).containsExactly(BOB.key());
        assertThat(keysFor(vet(new LinkedB(), ofCarol, SERVER))).containsExactly(CAROL.key());
    }

    private static List<RsaPublicKey> keysFor(Vetting vetting) {
        return ((Requirement.Transport) ((Vetted) vetting).requirement()).keys();
    }

    @Test
    void shouldWantSignatureOrContentSignature() {
        var neither = Envelopes.msgDirect(ALICE, BOB).unsigned().contentSig("").build();
        var absent = Envelopes.msgDirect(ALICE, BOB).unsigned().contentSig(null).build();

        for (Envelope envelope : List.of(neither, absent)) {
            assertRefused(vet(ALL_KEYS, envelope, USER), Reason.SIGNATURE_MISSING);
            assertRefused(vet(ALL_KEYS, envelope, SERVER), Reason.SIGNATURE_MISSING);
        }
    }

    @Test
    void shouldCheckRelayedMessageAgainstKeyOfItsAuthor() {
        Vetted vetted = (Vetted) vet(ALL_KEYS, Envelopes.msgPublic(BOB).build(), SERVER);

        assertThat(vetted.requirement())
                .isInstanceOfSatisfying(
                        Requirement.Author.class,
                        author -> assertThat(author.key()).isEqualTo(BOB.key()));
    }

    @Test
    void shouldTakeUnsignedFileFromItsAuthorsLinkAlone() {
        Envelope file = Envelopes.fileEnd(ALICE, BOB.id()).unsigned().build();

        assertAccepted(vet(ALL_KEYS, file, USER));
        assertRefused(vet(ALL_KEYS, file, SERVER), Reason.SIGNATURE_MISSING);
    }

    private static EnvelopeBuilder batch(Actors.Server home, long ts) {
        return Envelopes.presenceBatch(home, List.of(), List.of()).with("ts", ts).ts(ts);
    }

    private static EnvelopeBuilder valid(MessageType type) {
        return switch (type) {
            case SERVER_HELLO_JOIN -> Envelopes.serverHelloJoin(A);
            case SERVER_HELLO_LINK -> Envelopes.serverHelloLink(A);
            case SERVER_ANNOUNCE -> Envelopes.serverAnnounce(A);
            case SERVER_WELCOME -> Envelopes.serverWelcome(A, B);
            case HEARTBEAT -> Envelopes.heartbeat(A);
            case USER_ADVERTISE -> Envelopes.advertise(A, ALICE);
            case USER_REMOVE -> Envelopes.remove(A, ALICE);
            case USER_HELLO -> Envelopes.userHello(ALICE);
            case USER_WELCOME -> Envelopes.userWelcome(A);
            case CTRL_CLOSE -> Envelopes.ctrlClose();
            case MSG_DIRECT -> Envelopes.msgDirect(ALICE, BOB);
            case MSG_PUBLIC_CHANNEL -> Envelopes.msgPublic(ALICE);
            case SERVER_DELIVER -> Envelopes.serverDeliver(A, ALICE, BOB);
            case USER_DELIVER -> Envelopes.userDeliver(A, ALICE, BOB);
            case FILE_START -> Envelopes.fileStart(ALICE, BOB.id());
            case FILE_CHUNK -> Envelopes.fileChunk(ALICE, BOB.id());
            case FILE_END -> Envelopes.fileEnd(ALICE, BOB.id());
            case PUBLIC_CHANNEL_ADD -> Envelopes.channelAdd(A);
            case PUBLIC_CHANNEL_UPDATED -> Envelopes.channelUpdated(A);
            case PUBLIC_CHANNEL_KEY_SHARE -> Envelopes.channelKeyShare(A);
            case ACK -> Envelopes.ack(ALICE.id());
            case ERROR -> Envelopes.error(ALICE.id());
            case LIST_REQUEST -> Envelopes.listRequest(ALICE);
            case LIST_RESPONSE -> Envelopes.listResponse(A);
            case PUBKEY_REQUEST -> Envelopes.pubkeyRequest(ALICE, BOB);
            case PUBKEY_RESPONSE -> Envelopes.pubkeyResponse(A, BOB);
            case PRESENCE_BATCH -> Envelopes.presenceBatch(A, List.of(ALICE), List.of(BOB));
            case FOREIGN_QUERY -> Envelopes.listRequest(ALICE);
        };
    }

    private static Rejection refusal(Vetting vetting) {
        return ((Vetting.Refused) vetting).rejection();
    }

    private static void assertAccepted(Vetting vetting) {
        assertThat(vetting).isInstanceOf(Vetted.class);
    }

    private static void assertRefused(Vetting vetting, Reason reason) {
        assertThat(refusal(vetting).reason()).isEqualTo(reason);
    }

    private static void assertDecided(Vetting vetting, boolean isAccepted, Reason otherwise) {
        if (isAccepted) {
            assertAccepted(vetting);
        } else {
            assertRefused(vetting, otherwise);
        }
    }
}
