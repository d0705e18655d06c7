package io.socp.relay.daemon.cli;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** What a relay says of itself at one moment. Immutable. */
@Immutable
record TopSample(Exposition measures, JsonNode status, JsonNode peers) {

    /** Asks the relay, in three requests. */
    static TopSample of(ManagementClient relay) throws IOException {
        JsonNode status = relay.document("/api/v1/status");
        JsonNode peers = relay.document("/api/v1/peers").path("peers");
        ManagementClient.Answer metrics = relay.get("/metrics");
        if (!metrics.isOk()) {
            throw new IOException(metrics.status() + ": " + metrics.text().strip());
        }
        return new TopSample(Exposition.parse(metrics.text()), status, peers);
    }

    /** For how long the relay's process has run: a clock for rates, and the relay's own. */
    double processSeconds() {
        return measures.sum("process_uptime_seconds").orElse(Double.NaN);
    }

    /** Whether both are of one run of one relay: counts start anew with each. */
    boolean isOfSameRunAs(TopSample earlier) {
        return id().equals(earlier.id()) && uptimeSeconds() >= earlier.uptimeSeconds();
    }

    String id() {
        return status.path("server_id").asString("");
    }

    long uptimeSeconds() {
        return status.path("uptime_s").asLong(0);
    }
}
