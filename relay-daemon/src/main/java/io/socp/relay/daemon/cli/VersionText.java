package io.socp.relay.daemon.cli;

import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.daemon.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: release, protocol, JDK, and who does the RSA work. */
final class VersionText implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "socp-relay " + Version.current() + " (SOCP v1.3)",
            "JDK " + Runtime.version(),
            "signatures by " + CryptoProvider.chosen().name()
        };
    }
}
