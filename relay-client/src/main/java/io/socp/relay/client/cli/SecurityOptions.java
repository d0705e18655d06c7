package io.socp.relay.client.cli;

import io.socp.relay.client.load.LinkMode;
import io.socp.relay.client.load.Security;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How {@code socp bench} secures its links. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SecurityOptions {

    private static final String PLAIN = "ws";
    private static final String TLS = "wss";

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--strict", description = "plain SOCP, every frame signed (the default)")
    private boolean isStrict;

    @Option(
            names = "--link-auth",
            description = "over TLS: links authenticated by their hello, frames without signature")
    private boolean isLinkAuthenticated;

    @Option(names = "--tls", description = "TLS, as with wss:// in each --server")
    private boolean isTls;

    @Option(
            names = "--server-key",
            paramLabel = "KEY",
            description =
                    "over TLS: the server's public key, one for each --server in their order;"
                            + " without it, the key met first counts for the run")
    private List<String> serverKeys = new ArrayList<>();

    @Option(
            names = "--no-resumption",
            description = "over TLS: a full handshake for each connection")
    private boolean isNotResuming;

    Security security() {
        if (isStrict && isLinkAuthenticated) {
            throw usage("--strict and --link-auth exclude each other");
        }
        return new Security(
                serverKeys.stream().map(this::key).toList(),
                !isNotResuming,
                isLinkAuthenticated ? LinkMode.AUTHENTICATED : LinkMode.STRICT);
    }

    private RsaPublicKey key(String text) {
        return switch (RsaPublicKey.read(text)) {
            case KeyReading.Valid(RsaPublicKey key) -> key;
            case KeyReading.Invalid(String reason) -> throw usage("--server-key: " + reason);
        };
    }

    /** The same server over TLS, where that is wanted. */
    URI secured(URI server) {
        String text = server.toString();
        return isTls && PLAIN.equals(server.getScheme())
                ? URI.create(TLS + text.substring(PLAIN.length()))
                : server;
    }

    private ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
