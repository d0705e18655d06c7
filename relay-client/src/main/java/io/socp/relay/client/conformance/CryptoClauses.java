package io.socp.relay.client.conformance;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import java.util.regex.Pattern;

/** SOCP §4 and §12: RSA-4096, PSS, base64url, canonical JSON. */
final class CryptoClauses {

    private static final int SALT_BYTES_MAX = 478;
    private static final int SALT_BYTES_OF_HASH = 32;
    private static final int WEAK_SALT_BYTES = 190;

    /** 512 bytes in base64url without padding. */
    private static final Pattern SIG_TEXT = Pattern.compile("[A-Za-z0-9_-]{683}");

    static final List<Clause> ALL =
            List.of(
                    Clause.of(
                            "crypto.rsa-2048",
                            "§4",
                            "A user's RSA-2048 key is refused with BAD_KEY",
                            CryptoClauses::shortKey),
                    Clause.of(
                            "crypto.exponent-3",
                            "§16",
                            "A user's RSA-4096 key with exponent 3 is refused with BAD_KEY",
                            CryptoClauses::smallExponent),
                    Clause.of(
                            "crypto.no-key",
                            "§9.5",
                            "Text that is no key is refused with BAD_KEY",
                            CryptoClauses::noKey),
                    Clause.of(
                            "crypto.server-rsa-2048",
                            "§4",
                            "A server's RSA-2048 key is refused with BAD_KEY",
                            CryptoClauses::shortServerKey),
                    Clause.of(
                            "crypto.der-key",
                            "§4",
                            "A key as base64url of its DER without padding is accepted",
                            bench -> signedBy(bench, bench.author(Role.ALICE))),
                    Clause.of(
                            "crypto.salt-478",
                            "§4",
                            "A PSS signature with the longest salt is accepted",
                            bench -> salted(bench, SALT_BYTES_MAX)),
                    Clause.of(
                            "crypto.salt-32",
                            "§4",
                            "A PSS signature with a salt as long as the hash is accepted",
                            bench -> salted(bench, SALT_BYTES_OF_HASH)),
                    Clause.of(
                            "crypto.canonical-order",
                            "§12",
                            "A signature over sorted keys holds for keys in any order",
                            CryptoClauses::canonicalOrder),
                    Clause.of(
                            "crypto.canonical-non-ascii",
                            "§12",
                            "A signature over a payload that is not ASCII is verified",
                            CryptoClauses::canonicalNonAscii),
                    Clause.last(
                            "crypto.sig-text",
                            "§4",
                            "The server's sig is base64url without padding, 683 characters",
                            CryptoClauses::sigText),
                    Clause.last(
                            "crypto.sig-holds",
                            "§12",
                            "Every frame of the server is signed with its one key",
                            CryptoClauses::sigHolds));

    private CryptoClauses() {}

    private static void shortKey(Bench bench) throws Unmet, InterruptedException {
        KeyPair weak = shortPair();
        Pen pen = message -> Pen.sign(weak.getPrivate(), WEAK_SALT_BYTES, message);
        Author author = bench.author(Role.MALLORY).withPen(pen);
        refused(bench, author, author.hello(text((RSAPublicKey) weak.getPublic())));
    }

    private static void smallExponent(Bench bench) throws Unmet, InterruptedException {
        Author author = bench.author(Role.MALLORY);
        BigInteger modulus = ((RSAPublicKey) author.key().publicKey().key()).getModulus();
        RSAPublicKey weak = publicKey(new RSAPublicKeySpec(modulus, BigInteger.valueOf(3)));
        refused(bench, author, author.hello(text(weak)).withSig(""));
    }

    private static void noKey(Bench bench) throws Unmet, InterruptedException {
        Author author = bench.author(Role.MALLORY);
        refused(bench, author, author.hello("bm8ga2V5IGF0IGFsbA"));
    }

    private static void refused(Bench bench, Author author, Draft hello)
            throws Unmet, InterruptedException {
        UserSession session = bench.stranger(author);
        session.send(hello);
        Frame _ = session.ear().expectError("BAD_KEY");
    }

    private static void shortServerKey(Bench bench) throws Unmet, InterruptedException {
        KeyPair weak = shortPair();
        PeerSession guest = bench.guest();
        Pen pen = message -> Pen.sign(weak.getPrivate(), WEAK_SALT_BYTES, message);
        String key = text((RSAPublicKey) weak.getPublic());
        Draft join =
                guest.author()
                        .greeting(
                                "SERVER_HELLO_JOIN",
                                bench.subject().hostPort(),
                                guest.peer().host(),
                                guest.peer().port(),
                                key);
        guest.send(join.signed(pen));
        Frame _ = guest.ear().expectError("BAD_KEY");
    }

    private static void salted(Bench bench, int saltBytes) throws Unmet, InterruptedException {
        Author alice = bench.author(Role.ALICE);
        signedBy(bench, alice.withPen(Pen.of(alice.key(), saltBytes)));
    }

    private static void signedBy(Bench bench, Author author) throws Unmet, InterruptedException {
        UserSession alice = bench.user(author, author.hello());
        UserSession bob = bench.user(Role.BOB);
        Frame _ = bench.talk(alice, bob);
    }

    private static void canonicalOrder(Bench bench) throws Unmet, InterruptedException {
        UserSession alice = bench.user(Role.ALICE);
        UserSession bob = bench.user(Role.BOB);
        Draft direct = alice.author().direct(bob.author(), "in another order");
        String sorted = "\"payload\":{\"ciphertext\":\"" + direct.said("ciphertext") + "\",";
        String moved = direct.text().replace(sorted, "\"payload\":{ ");
        String last = "\"sender_pub\":\"" + direct.said("sender_pub") + "\"";
        String unsorted =
                moved.replace(
                        last, last + " , \"ciphertext\" : \"" + direct.said("ciphertext") + "\"");

        alice.send(unsorted);

        Frame _ = bob.ear().expect("USER_DELIVER", Bench.delivery(direct));
    }

    private static void canonicalNonAscii(Bench bench) throws Unmet, InterruptedException {
        PeerSession peer = bench.peer();
        UserSession alice = bench.user(Role.ALICE);
        String user = Author.newId();
        String name = "Zo\u00eb \u4e16\u754c \ud83d\ude00";
        JsonObject meta = JsonObject.builder().put("display_name", name).build();

        peer.send(peer.author().advertise(user, meta));

        Frame advertise =
                alice.ear()
                        .expect("USER_ADVERTISE", Frame.ofType("USER_ADVERTISE", "user_id", user));
        String came = advertise.payload().path("meta").path("display_name").stringValue("");
        if (!came.equals(name)) {
            throw alice.ear().unmet("display_name " + name, advertise);
        }
    }

    private static void sigText(Bench bench) throws Unmet, InterruptedException {
        Sifting.expectEvery(
                byServer(bench),
                "a sig of 683 characters of base64url",
                frame -> SIG_TEXT.matcher(frame.sig()).matches());
    }

    private static void sigHolds(Bench bench) throws Unmet, InterruptedException {
        RsaPublicKey key = bench.serverKey();
        Sifting.expectEvery(
                byServer(bench), "a sig by the server's key", frame -> frame.isSignedBy(key));
    }

    /** SOCP §12 wants a signature on all that servers send in their own name. */
    private static List<Frame> byServer(Bench bench) throws Unmet, InterruptedException {
        String server = bench.serverId();
        return bench.everythingSoFar().stream()
                .filter(frame -> frame.from().equals(server))
                .filter(frame -> !frame.is("CTRL_CLOSE"))
                .filter(frame -> !frame.is("PUBLIC_CHANNEL_KEY_SHARE"))
                .toList();
    }

    private static KeyPair shortPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime makes RSA keys", e);
        }
    }

    private static RSAPublicKey publicKey(RSAPublicKeySpec spec) {
        try {
            return (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime holds RSA keys", e);
        }
    }

    private static String text(RSAPublicKey key) {
        return Base64Url.encode(key.getEncoded());
    }
}
