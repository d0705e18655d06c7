package io.socp.relay.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.config.LiveSettings;
import io.socp.relay.daemon.config.LogOptions;
import io.socp.relay.daemon.config.ManagementOptions;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.daemon.config.RelayOptions.Bind;
import io.socp.relay.daemon.config.Setting;
import io.socp.relay.daemon.config.Settings;
import io.socp.relay.daemon.config.SlowReaders;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.Transport;
import io.socp.relay.daemon.ops.Reloading.Answer;
import io.socp.relay.daemon.transport.TlsContexts;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.HostPort;
import io.socp.relay.limit.Limits;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a relay takes up of settings that have changed, and what it says of it. */
class ReloadTest {

    private static final Introducer FIRST = new Introducer(new HostPort("a.example", 1), null);
    private static final Introducer SECOND = new Introducer(new HostPort("b.example", 2), null);

    private static final RelayOptions START =
            new RelayOptions(
                    new Bind("127.0.0.1", 8_765),
                    null,
                    new ManagementOptions(new Bind("0.0.0.0", 9_765), "the first token of all"),
                    List.of(FIRST),
                    LinkOptions.standard(),
                    EngineSettings.standard(),
                    "",
                    TlsOptions.in(TlsOptions.Mode.OPTIONAL),
                    Transport.AUTO);

    private final List<RelayEvent> told = new ArrayList<>();
    private final List<LogOptions> logs = new ArrayList<>();
    private Settings file = settings(START, Map.of("max-clients", "10000", "port", "8765"));
    private String wrong = "";
    private final Limits limits = new Limits(START.limits());
    private LiveSettings live;
    private Reload reload;

    @BeforeEach
    void start() throws IOException {
        live = new LiveSettings(file, this::read);
        TlsContexts tls =
                new TlsContexts(
                        () -> live.options().tls(),
                        TestKeys.SERVER_A.identity(),
                        "a",
                        List.of("localhost"),
                        new VirtualClock());
        reload = new Reload(live, tls, limits, wanted -> () -> logs.add(wanted), told::add);
    }

    @Test
    void shouldTakeUpWhatCanBeAndNameTheRest() {
        RelayOptions wanted =
                with(
                        START.management(),
                        LinkOptions.standard()
                                .within(20, 4_096)
                                .dealingWith(SlowReaders.DROP_OLDEST),
                        START.tls());
        file = settings(wanted, Map.of("max-clients", "20", "port", "8766"));

        String answer = done();

        assertThat(answer)
                .isEqualTo(
                        "{\"changed\":[{\"from\":\"10000\",\"setting\":\"max-clients\",\"to\":\"20\"}],"
                            + "\"needs_restart\":[{\"from\":\"8765\",\"setting\":\"port\",\"to\":\"8766\"}],"
                            + "\"read_anew\":[\"bootstrap\"]}");
        assertThat(live.options().links().linksMax()).isEqualTo(20);
        assertThat(limits.now().connections().max()).isEqualTo(20);
        assertThat(live.options().links().slowReaders()).isEqualTo(SlowReaders.DROP_OLDEST);
        assertThat(live.options().links().messageBytesMax()).isEqualTo(256 * 1024);
        assertThat(logs).hasSize(1);
    }

    @Test
    void shouldGoOnNamingWhatWaitsForARestart() {
        file = settings(START, Map.of("max-clients", "20", "port", "8766"));
        var _ = done();

        assertThat(done()).contains("\"changed\":[]", "\"port\"");
    }

    @Test
    void shouldRefuseWhatIsWrongAsAWholeAndKeepAllAsItWas() {
        wrong = "relay.yaml, line 2: max-clients must be from 1";
        Settings before = live.settings();

        Answer answer = reload.reload();

        assertThat(answer).isEqualTo(new Answer.Refused(wrong));
        assertThat(live.settings()).isSameAs(before);
        assertThat(told).isEmpty();
        assertThat(logs).isEmpty();
    }

    @Test
    void shouldRefuseACertificateThatCannotBeUsed() throws IOException {
        Path none = Path.of("none.pem");
        RelayOptions shown =
                with(START.management(), START.links(), START.tls().showing(none, none));
        live.replace(settings(shown, Map.of()));
        file = settings(shown, Map.of("max-clients", "20"));

        Answer answer = reload.reload();

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("none.pem"));
        assertThat(live.settings().values()).isEmpty();
    }

    @Test
    void shouldNotShowACertificateAfterNone() {
        Path other = Path.of("new.pem");
        RelayOptions wanted =
                with(START.management(), START.links(), START.tls().showing(other, other));
        file = settings(wanted, Map.of("tls-certificate", "new.pem", "tls-key", "new.pem"));

        String answer = done();

        assertThat(answer).contains("\"changed\":[]", "\"tls-certificate\"", "\"tls-key\"");
        assertThat(live.options().tls().showsIdentity()).isTrue();
    }

    @Test
    void shouldTakeUpATokenWithoutShowingIt() {
        ManagementOptions wanted =
                new ManagementOptions(START.management().listen(), "the second token of all");
        file = settings(with(wanted, START.links(), START.tls()), Map.of());

        String answer = done();

        assertThat(answer).contains("management token").doesNotContain("second", "first");
        assertThat(live.options().management().token()).isEqualTo("the second token of all");
    }

    @Test
    void attackShouldFailWhereATokenIsTakenAwayFromAnOpenPort() {
        ManagementOptions wanted = ManagementOptions.onLoopback(9_765);
        file = settings(with(wanted, START.links(), START.tls()), Map.of());

        Answer answer = reload.reload();

        assertThat(answer).isInstanceOf(Answer.Refused.class);
        assertThat(live.options().management().token()).isNotNull();
    }

    @Test
    void shouldTellTheMeshOfItsIntroducers() {
        file =
                settings(
                        new RelayOptions(
                                START.listen(),
                                null,
                                START.management(),
                                List.of(SECOND),
                                START.links(),
                                START.engine(),
                                "",
                                START.tls(),
                                START.transport()),
                        Map.of());

        String answer = done();

        assertThat(told).containsExactly(new RelayEvent.IntroducersRead(List.of(SECOND)));
        assertThat(answer).contains("a.example:1", "b.example:2");
    }

    private String done() {
        Answer.Done done = (Answer.Done) reload.reload();
        return new String(Payload.of(done.document()).canonical(), StandardCharsets.UTF_8);
    }

    private Settings read() throws ConfigurationException {
        if (!wrong.isEmpty()) {
            throw new ConfigurationException(wrong);
        }
        return file;
    }

    private static RelayOptions with(
            ManagementOptions management, LinkOptions links, TlsOptions tls) {
        return new RelayOptions(
                START.listen(),
                null,
                management,
                START.introducers(),
                links,
                START.engine(),
                "",
                tls,
                START.transport());
    }

    /** Of the settings, all but the port can be changed. */
    private static Settings settings(RelayOptions options, Map<String, String> values) {
        var all = new TreeMap<String, Setting>();
        values.forEach(
                (name, text) -> all.put(name, new Setting(text, false, !name.equals("port"))));
        return new Settings(options, LogOptions.standard(), all);
    }
}
