package io.socp.relay.daemon.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.ScriptedPort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkRegistryTest {

    private final ScriptedPort port = new ScriptedPort();

    @AfterEach
    void finish() {
        port.finish();
    }

    /** The user's identification may be waiting on that loop, and the news belongs behind it. */
    @Test
    void shouldReachALoopWhoseFirstUserIsNotIdentifiedYet() {
        FarEnd end = port.connect().upgrade();
        List<Integer> usersByTask = new ArrayList<>();

        port.registry().onEachLoop(users -> usersByTask.add(users.all().size()));

        assertThat(port.registry().all()).hasSize(1);
        assertThat(usersByTask).containsExactly(0);
        assertThat(end.server().isOpen()).isTrue();
    }
}
