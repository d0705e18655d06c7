package io.socp.relay.client.mesh;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a relay prints when it is up: {@code ready id=<server id> port=<port> management=<port>}.
 *
 * @param managementPort 0 when the relay has none
 */
record ReadyLine(String id, int port, int managementPort) {

    private static final Pattern FORM =
            Pattern.compile("ready id=(\\S+) port=(\\d{1,5})(?: management=(\\d{1,5}))?");

    static Optional<ReadyLine> parse(String line) {
        Matcher ready = FORM.matcher(line.strip());
        if (!ready.matches()) {
            return Optional.empty();
        }
        String management = ready.group(3);
        return Optional.of(
                new ReadyLine(
                        ready.group(1),
                        Integer.parseInt(ready.group(2)),
                        management == null ? 0 : Integer.parseInt(management)));
    }
}
