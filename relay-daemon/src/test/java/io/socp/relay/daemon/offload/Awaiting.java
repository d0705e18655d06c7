package io.socp.relay.daemon.offload;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** What other threads will have done before long. */
final class Awaiting {

    private Awaiting() {}

    static void until(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(20)).until(condition);
    }
}
