package io.socp.relay.client.cli;

/** What a command's exit code says; scripts rely on them. */
final class ExitCodes {

    static final int OK = 0;
    static final int FAILURE = 1;

    /** picocli's own for a command line it cannot read. */
    static final int USAGE = 2;

    /** A file the command needs is unusable; sysexits.h calls it EX_CONFIG. */
    static final int CONFIGURATION = 78;

    private ExitCodes() {}
}
