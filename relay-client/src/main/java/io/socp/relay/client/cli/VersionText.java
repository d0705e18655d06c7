package io.socp.relay.client.cli;

import io.socp.relay.client.ClientVersion;
import io.socp.relay.crypto.CryptoProvider;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class VersionText implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "socp client " + ClientVersion.VERSION,
            "Java " + Runtime.version(),
            "RSA by " + CryptoProvider.chosen().name()
        };
    }
}
