package io.socp.relay.client.cli;

import io.socp.relay.client.session.ServerTrust;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --server}: the relay a command talks to. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ServerOption {

    @Spec(Target.MIXEE)
    private CommandSpec command;

    private URI uri;
    private ServerTrust trust = ServerTrust.onFirstUse();

    @Option(
            names = "--server",
            paramLabel = "ws[s]://HOST:PORT",
            defaultValue = "ws://127.0.0.1:8765",
            description = "the relay (default: ${DEFAULT-VALUE})")
    void setUri(URI given) {
        try {
            uri = SessionOptions.to(given).server();
        } catch (IllegalArgumentException unusable) {
            throw new ParameterException(
                    command.commandLine(), "--server: " + unusable.getMessage(), unusable);
        }
    }

    @Option(
            names = "--server-key",
            paramLabel = "KEY",
            description =
                    "wss:// only: the server's public key, as its information document and"
                            + " bootstrap files have it; replaces the one in the profile. Without"
                            + " it, the key met first counts")
    void setKey(String text) {
        trust =
                switch (RsaPublicKey.read(text)) {
                    case KeyReading.Valid(RsaPublicKey key) -> new ServerTrust.Identity(key);
                    case KeyReading.Invalid(String reason) ->
                            throw new ParameterException(
                                    command.commandLine(), "--server-key: " + reason);
                };
    }

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE|system",
            description =
                    "wss:// only: the server's certificate is signed by one of these authorities"
                            + " (PEM), or by one that this machine trusts")
    void setAuthorities(String given) {
        trust = new ServerTrust.Authorities(given.equals("system") ? null : Path.of(given));
    }

    URI uri() {
        return uri;
    }

    ServerTrust trust() {
        return trust;
    }

    /** The same for commands that do not speak TLS. */
    URI plainUri() {
        if (SessionOptions.to(uri).isOverTls()) {
            throw new ParameterException(
                    command.commandLine(), "--server: this command speaks ws:// alone");
        }
        return uri;
    }
}
