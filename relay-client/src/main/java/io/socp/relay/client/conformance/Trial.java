package io.socp.relay.client.conformance;

/** Tries a server for one clause; to return is to pass. */
@FunctionalInterface
interface Trial {

    void run(Bench bench) throws Unmet, InterruptedException;
}
