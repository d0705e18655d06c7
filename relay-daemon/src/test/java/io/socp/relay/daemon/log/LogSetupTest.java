package io.socp.relay.daemon.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.socp.relay.daemon.config.LogOptions;
import io.socp.relay.daemon.config.LogOptions.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lines as they come out, of a log of its own. */
class LogSetupTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir private Path dir;

    private final PrintStream systemErr = System.err;
    private final PrintStream systemOut = System.out;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LoggerContext loggers = new LoggerContext();
    private final LogSetup setup = new LogSetup(loggers);
    private final Logger log = loggers.getLogger("io.socp.relay.daemon.Somebody");
    private final Logger audit = loggers.getLogger(LogSetup.AUDIT);

    @BeforeEach
    void capture() {
        loggers.setMDCAdapter(new LogbackMDCAdapter());
        loggers.start();
        System.setErr(new PrintStream(err, true, UTF_8));
        System.setOut(new PrintStream(out, true, UTF_8));
    }

    @AfterEach
    void release() {
        loggers.stop();
        System.setErr(systemErr);
        System.setOut(systemOut);
    }

    @Test
    void shouldWriteALineForPeopleWithTheFieldsItDoesNotSay() throws IOException {
        use(Format.TEXT, "stderr");

        log.atInfo()
                .addKeyValue("user", "bob")
                .addKeyValue("address", "/127.0.0.1:1")
                .log("user {} connected", "bob");

        assertThat(lines())
                .singleElement()
                .asString()
                .matches("\\S+T\\S+Z INFO  Somebody user bob connected address=/127.0.0.1:1");
    }

    @Test
    void shouldWriteALineForMachinesWithEachFieldByItself() throws IOException {
        use(Format.JSON, "stderr");

        log.atWarn()
                .addKeyValue("user", "bob")
                .addKeyValue("links", 3)
                .addKeyValue("level", "of a stranger")
                .log("user {} connected", "bob");

        JsonNode line = JSON.readTree(lines().getFirst());
        assertThat(line.get("message").asString()).isEqualTo("user bob connected");
        assertThat(line.get("level").asString()).isEqualTo("WARN");
        assertThat(line.get("logger").asString()).isEqualTo("io.socp.relay.daemon.Somebody");
        assertThat(line.get("thread").asString()).isEqualTo(Thread.currentThread().getName());
        assertThat(line.get("time").asString()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(line.get("user").asString()).isEqualTo("bob");
        assertThat(line.get("links").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bob\n2026-01-01T00:00:00.000Z ERROR relay all is lost",
                "bob\r\nanother line",
                "bob\u0000\u0007\u001b[2J\u001b]0;title\u0007",
                "bob\u0085next\u2028line\u2029paragraph",
                "bob\u009b31m",
                "bob\u202egnp.exe\u2066\u200b",
                "bob\ud800 half",
                "half \udc00bob",
                "\"},{\"message\":\"bob",
                "bob\ttab\u007f"
            })
    void attackShouldFailWhenANameWantsToWriteALineOfItsOwn(String name) throws IOException {
        use(Format.TEXT, "stderr");
        log.atInfo().addKeyValue("user", "more " + name).log("user {} connected", name);
        String text = err.toString(UTF_8);
        err.reset();

        use(Format.JSON, "stderr");
        log.atInfo().addKeyValue("user", name).log("user {} connected", name);
        String json = err.toString(UTF_8);

        assertThat(text).endsWith("\n").hasLineCount(1);
        assertThat(text.strip().codePoints().filter(LogSetupTest::isDangerous)).isEmpty();
        assertThat(json).endsWith("\n").hasLineCount(1);
        assertThat(json.strip().chars()).allMatch(c -> c >= ' ' && c <= 0x7f);
        JsonNode line = JSON.readTree(json);
        assertThat(line.get("message").asString()).isEqualTo("user " + name + " connected");
        assertThat(line.get("user").asString()).isEqualTo(name);
    }

    @Test
    void shouldLeaveTheWritingOfPeopleAsItIs() throws IOException {
        use(Format.TEXT, "stderr");

        log.info("user {} connected", "Jürgen 李 \ud83d\ude00");

        assertThat(lines().getFirst()).contains("Jürgen 李 \ud83d\ude00");
    }

    @Test
    void attackShouldFailWhenAnExceptionWantsToWriteALineOfItsOwn() throws IOException {
        Exception thrown =
                new IllegalStateException("a\n2026 INFO b", new IOException("c\nERROR d"));
        use(Format.TEXT, "stderr");
        log.error("failed", thrown);
        List<String> text = lines();
        err.reset();

        use(Format.JSON, "stderr");
        log.error("failed", thrown);

        assertThat(text.subList(1, text.size())).allMatch(line -> line.startsWith(" "));
        assertThat(text)
                .contains(
                        " java.lang.IllegalStateException: a\\n2026 INFO b",
                        " caused by java.io.IOException: c\\nERROR d");
        assertThat(JSON.readTree(lines().getFirst()).get("exception").asString())
                .contains("IllegalStateException", "LogSetupTest");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void shouldCutWhatIsTooLong() throws IOException {
        use(Format.TEXT, "stderr");

        log.info("{}", "x".repeat(PrintableText.CHARACTERS_MAX));
        log.info("{}", "x".repeat(PrintableText.CHARACTERS_MAX + 1));

        assertThat(lines().getFirst()).doesNotEndWith("[...]");
        assertThat(lines().getLast()).endsWith("x[...]").hasSizeLessThan(5_000);
    }

    @Test
    void attackShouldFailWhenALogIsFlooded() throws IOException {
        use(Format.TEXT, "stderr");

        for (int i = 0; i < 5 * BurstLimit.BURST; i++) {
            log.warn("link refused: {}", i);
        }
        log.warn("peer {} lost", "b");

        assertThat(lines().size()).isLessThan(2 * BurstLimit.BURST);
        assertThat(lines().getLast()).endsWith("peer b lost");
    }

    @Test
    void shouldWriteOrdersWithTheRestUnlessToldOtherwise() throws IOException {
        use(Format.TEXT, "stderr");
        audit.info("ban bob");

        use(Format.TEXT, "stdout");
        audit.info("ban carol");

        assertThat(lines()).singleElement().asString().endsWith("audit ban bob");
        assertThat(out.toString(UTF_8)).endsWith("audit ban carol\n").hasLineCount(1);
    }

    @Test
    void shouldAddOrdersToAFileAndOpenItAnewWhenAsked() throws IOException {
        Path file = Files.writeString(dir.resolve("audit.log"), "older\n");
        use(Format.JSON, file.toString());
        audit.atInfo().addKeyValue("operator", "eve").log("ban {}", "bob");
        Path rotated = dir.resolve("audit.log.1");
        Files.move(file, rotated);

        use(Format.JSON, file.toString());
        audit.info("ban carol");

        List<String> first = Files.readAllLines(rotated);
        assertThat(first).hasSize(2);
        assertThat(JSON.readTree(first.getLast()).get("operator").asString()).isEqualTo("eve");
        assertThat(Files.readAllLines(file)).singleElement().asString().contains("carol");
        assertThat(lines()).isEmpty();
    }

    @Test
    void shouldRefuseAFileThatCannotBeWrittenAndLeaveAllAsItIs() throws IOException {
        use(Format.TEXT, "stderr");
        Path nowhere = dir.resolve("none/audit.log");
        LogOptions wanted = new LogOptions(Format.TEXT, Map.of(), nowhere.toString());

        assertThatThrownBy(() -> setup.prepare(wanted))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nowhere.toString());
        audit.info("ban bob");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void shouldWriteEveryOrderWhateverTheLevelAndTheFlood() throws IOException {
        setup.prepare(new LogOptions(Format.TEXT, Map.of("ROOT", "error"), "stderr")).run();

        for (int i = 0; i <= BurstLimit.BURST; i++) {
            audit.info("ban {}", i);
        }
        log.info("not this");

        assertThat(lines()).hasSize(BurstLimit.BURST + 1);
    }

    @Test
    void shouldSetLevelsAndForgetThoseSetBefore() throws IOException {
        use(Format.TEXT, "stderr");
        log.setLevel(ch.qos.logback.classic.Level.TRACE);
        Map<String, String> levels = LogOptions.levels("warn,io.netty=debug");

        setup.prepare(new LogOptions(Format.TEXT, levels, "stderr")).run();
        log.info("not this");
        loggers.getLogger("io.netty.channel").debug("this");

        assertThat(lines()).singleElement().asString().endsWith("channel this");
    }

    private static boolean isDangerous(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }

    private void use(Format format, String auditTo) throws IOException {
        setup.prepare(new LogOptions(format, Map.of("ROOT", "info"), auditTo)).run();
    }

    private List<String> lines() {
        return err.toString(UTF_8).lines().toList();
    }
}
