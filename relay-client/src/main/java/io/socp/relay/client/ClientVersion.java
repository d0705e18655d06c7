package io.socp.relay.client;

/** The version of this library, from its jar; {@code dev} when it does not run from one. */
public final class ClientVersion {

    public static final String VERSION = fromJar();

    private ClientVersion() {}

    private static String fromJar() {
        String version = ClientVersion.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
