package io.socp.relay.daemon;

/** The version of this build, from its jar. */
public final class Version {

    private Version() {}

    /** The release, or {@code dev} when run from class files. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
