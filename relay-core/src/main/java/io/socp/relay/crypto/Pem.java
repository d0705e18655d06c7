package io.socp.relay.crypto;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * PEM text (RFC 7468) to DER and back.
 *
 * <p>Public keys come from strangers and are read strictly, by hand; private keys come from the
 * operator's own files. Those in the form we write are read by hand too, because BouncyCastle would
 * take a tenth of a relay's start; it reads all others that it knows (PKCS#1, text before the key).
 */
final class Pem {

    static final String PUBLIC_KEY = "PUBLIC KEY";
    static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final String BEGIN_PUBLIC = "-----BEGIN " + PUBLIC_KEY + "-----";
    private static final String END_PUBLIC = "-----END " + PUBLIC_KEY + "-----";

    private static final String BEGIN_PRIVATE = "-----BEGIN " + PRIVATE_KEY + "-----";
    private static final String END_PRIVATE = "-----END " + PRIVATE_KEY + "-----";

    private Pem() {}

    /** Lines of 64 characters, each ended by a line feed, as Python's cryptography writes them. */
    static String write(String label, byte[] der) {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(label, der));
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter failed", e);
        }
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    /**
     * DER of the one public key in the text; {@link IllegalArgumentException} for anything else.
     */
    static byte[] readPublicKey(String pem) {
        return readOneBlock(pem, BEGIN_PUBLIC, END_PUBLIC);
    }

    private static byte[] readOneBlock(String pem, String begin, String end) {
        String text = pem.strip();
        if (!text.startsWith(begin)
                || !text.endsWith(end)
                || text.length() < begin.length() + end.length()) {
            throw new IllegalArgumentException(
                    "PEM text is not one block from " + begin + " to " + end);
        }
        String body = text.substring(begin.length(), text.length() - end.length());
        return Base64.getDecoder().decode(body.replaceAll("[\r\n\t ]", ""));
    }

    /** PKCS#8 DER of the first private key in the text. */
    static byte[] readPrivateKey(String pem) throws GeneralSecurityException {
        try {
            return readOneBlock(pem, BEGIN_PRIVATE, END_PRIVATE);
        } catch (IllegalArgumentException _) {
            return readOtherPrivateKey(pem);
        }
    }

    private static byte[] readOtherPrivateKey(String pem) throws GeneralSecurityException {
        try (var parser = new PEMParser(new StringReader(pem))) {
            return switch (parser.readObject()) {
                case PrivateKeyInfo pkcs8 -> pkcs8.getEncoded();
                case PEMKeyPair pkcs1 -> pkcs1.getPrivateKeyInfo().getEncoded();
                case null -> throw new GeneralSecurityException("no PEM block");
                default -> throw new GeneralSecurityException("PEM block is not a private key");
            };
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            throw new GeneralSecurityException("PEM block is damaged", e);
        }
    }
}
