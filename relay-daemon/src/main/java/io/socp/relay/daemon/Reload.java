package io.socp.relay.daemon;

import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.LiveSettings;
import io.socp.relay.daemon.config.LogOptions;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.daemon.config.Setting;
import io.socp.relay.daemon.config.Settings;
import io.socp.relay.daemon.ops.Reloading;
import io.socp.relay.daemon.transport.TlsContexts;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.limit.Limits;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up settings that have changed while the relay runs. Thread-safe: one reload at a time.
 * Blocking: reads files and makes certificates.
 *
 * <p>All that can fail is done first and changes nothing; then the new settings are put in force
 * together. A setting that a running relay cannot change keeps its old value, and is named.
 */
@ThreadSafe
final class Reload implements Reloading {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private static final Setting NONE = new Setting("", false, false);

    private final LiveSettings live;
    private final TlsContexts tls;
    private final Limits limits;
    private final LogControl logs;
    private final Consumer<RelayEvent> mesh;

    /** What log options are tried on and put in force with; process-wide. */
    @FunctionalInterface
    interface LogControl {

        /**
         * Makes what the options want and changes nothing yet; the result puts it in force.
         *
         * @throws IOException when a file cannot be written; the message names it
         */
        Runnable prepare(LogOptions wanted) throws IOException;
    }

    Reload(
            LiveSettings live,
            TlsContexts tls,
            Limits limits,
            LogControl logs,
            Consumer<RelayEvent> mesh) {
        this.limits = limits;
        this.live = live;
        this.tls = tls;
        this.logs = logs;
        this.mesh = mesh;
    }

    /** From a value to another. */
    private record Change(String name, Setting from, Setting to) {

        /** Those who are told to dial us by TLS or not must not be told otherwise by and by. */
        boolean isTakenUp() {
            boolean isTlsFile = name.equals("tls-certificate") || name.equals("tls-key");
            return to.isReloadable()
                    && !(isTlsFile && from.text().isEmpty() != to.text().isEmpty());
        }

        JsonObject document() {
            return JsonObject.builder()
                    .put("setting", name)
                    .put("from", from.shown())
                    .put("to", to.shown())
                    .build();
        }
    }

    @Override
    public synchronized Answer reload() {
        try {
            Settings before = live.settings();
            Settings read = live.read();
            RelayOptions options = before.options().takingUp(read.options());
            Runnable installTls = tls.renewal(options.tls());
            LogOptions lines = before.logs().takingUp(read.logs());
            Runnable installLogs = logs.prepare(lines);

            List<Change> changes = changes(before.values(), read.values());
            live.replace(new Settings(options, lines, merged(before.values(), changes)));
            limits.replace(options.limits());
            installTls.run();
            installLogs.run();
            mesh.accept(new RelayEvent.IntroducersRead(options.introducers()));
            return new Answer.Done(report(before.options(), options, changes));
        } catch (ConfigurationException | IllegalArgumentException | IOException unusable) {
            LOG.warn(
                    "the settings cannot be taken up, and stay as they are: {}",
                    unusable.getMessage());
            return new Answer.Refused(String.valueOf(unusable.getMessage()));
        }
    }

    private static List<Change> changes(
            SortedMap<String, Setting> before, SortedMap<String, Setting> now) {
        List<Change> changes = new ArrayList<>();
        now.forEach((name, value) -> {
            Setting old = before.getOrDefault(name, NONE);
            if (!old.text().equals(value.text())) {
                changes.add(new Change(name, old, value));
            }
        });
        return changes;
    }

    /** What was not taken up is still the old value: the next reload names it again. */
    private static SortedMap<String, Setting> merged(
            SortedMap<String, Setting> before, List<Change> changes) {
        SortedMap<String, Setting> merged = new TreeMap<>(before);
        changes.stream()
                .filter(Change::isTakenUp)
                .forEach(change -> merged.put(change.name(), change.to()));
        return merged;
    }

    private static JsonObject report(RelayOptions before, RelayOptions now, List<Change> changes) {
        List<JsonValue> changed = new ArrayList<>();
        List<JsonValue> waiting = new ArrayList<>();
        for (Change change : changes) {
            if (change.isTakenUp()) {
                changed.add(change.document());
                LOG.info("{} is {}, was {}", change.name(), change.to(), change.from());
            } else {
                waiting.add(change.document());
                LOG.warn(
                        "{} needs a restart: it stays {}, {} is wanted",
                        change.name(),
                        change.from(),
                        change.to());
            }
        }
        addContents(changed, before, now);
        return JsonObject.builder()
                .put("changed", new JsonArray(changed))
                .put("needs_restart", new JsonArray(waiting))
                .put("read_anew", readAnew(now))
                .build();
    }

    /** What has changed in a file whose name has not. */
    private static void addContents(
            List<JsonValue> changed, RelayOptions before, RelayOptions now) {
        if (!before.introducers().equals(now.introducers())) {
            changed.add(
                    JsonObject.builder()
                            .put("setting", "introducers")
                            .put("from", addresses(before.introducers()))
                            .put("to", addresses(now.introducers()))
                            .build());
        }
        String token = before.management().token();
        String wanted = now.management().token();
        if (token != null && wanted != null && !token.equals(wanted)) {
            changed.add(
                    new Change(
                                    "management token",
                                    new Setting(token, true, true),
                                    new Setting(wanted, true, true))
                            .document());
            LOG.info("the management token is another one");
        }
    }

    private static String addresses(List<Introducer> introducers) {
        return String.join(
                ", ", introducers.stream().map(each -> each.address().toString()).toList());
    }

    private static JsonArray readAnew(RelayOptions now) {
        List<JsonValue> files = new ArrayList<>(List.of(new JsonText("bootstrap")));
        if (now.tls().certificate() != null) {
            files.add(new JsonText("tls-certificate"));
        }
        return new JsonArray(files);
    }
}
