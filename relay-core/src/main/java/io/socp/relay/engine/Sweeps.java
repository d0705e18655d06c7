package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.util.HashMap;
import java.util.Map;

/**
 * Servers whose users must be named anew by a certain time, or are dropped. Event-loop confined to
 * the mesh loop.
 */
@EventLoopConfined
final class Sweeps {

    private final Attendance attendance;
    private final Map<ServerId, Sweep> byServer = new HashMap<>();

    private record Sweep(long sinceNs, long dueNs) {

        Sweep at(long otherDueNs) {
            return new Sweep(sinceNs, otherDueNs);
        }
    }

    Sweeps(Attendance attendance) {
        this.attendance = attendance;
    }

    /** At {@code dueNs}, the server's users not named since {@code sinceNs} go. */
    void schedule(ServerId server, long sinceNs, long dueNs) {
        byServer.put(server, new Sweep(sinceNs, dueNs));
    }

    /** The same for users of whom only a claim told: what is due by then is not put off. */
    void hasten(ServerId server, long sinceNs, long dueNs) {
        byServer.merge(
                server,
                new Sweep(sinceNs, dueNs),
                (known, claim) -> known.dueNs() - dueNs < 0 ? claim.at(known.dueNs()) : claim);
    }

    void onTick(Moment now, EffectSink sink) {
        byServer.entrySet()
                .removeIf(entry -> {
                    Sweep sweep = entry.getValue();
                    boolean due = sweep.dueNs() - now.ns() <= 0;
                    if (due) {
                        attendance.sweep(entry.getKey(), sweep.sinceNs(), now, sink);
                    }
                    return due;
                });
    }
}
