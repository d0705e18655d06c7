package io.socp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the house that show in the text of the sources, over all modules. */
class HouseRulesTest {

    private static final int MAIN_LINES_MAX = 400;
    private static final int TEST_LINES_MAX = 500;

    /** Where a new kind of message must not compile until it has been placed. */
    private static final Pattern EXHAUSTIVE_PACKAGES =
            Pattern.compile(".*/io/socp/relay/(engine|route|mesh|presence|verify|message)/.*");

    private static final Pattern DEFAULT_BRANCH = Pattern.compile("\\bdefault\\s*(->|:)");
    private static final Pattern TODO_WITHOUT_ISSUE = Pattern.compile("\\bTODO\\b(?!\\(#\\d+\\))");
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\s*\\.\\s*sleep\\b");

    /** Words for what is not finished, and for places on one developer's machine. */
    private static final Pattern BANNED_WORDS =
            Pattern.compile("\\b(FIXME|XXX|HACK)\\b|[\"\\s]/(home|root|Users)/");

    private static final Path ROOT = root();
    private static final List<Source> MAIN = sources("main");
    private static final List<Source> TEST = sources("test");

    private record Source(Path file, String text) {

        long lines() {
            return text.lines().count();
        }

        @Override
        public String toString() {
            return ROOT.relativize(file).toString();
        }
    }

    @Test
    void shouldFindSourcesOfTheModules() {
        assertThat(MAIN).hasSizeGreaterThan(50);
        assertThat(TEST).hasSizeGreaterThan(20);
    }

    @Test
    void shouldKeepFilesShort() {
        assertNone(MAIN, source -> source.lines() > MAIN_LINES_MAX);
        assertNone(TEST, source -> source.lines() > TEST_LINES_MAX);
    }

    @Test
    void shouldDescribeEveryPackageAndMarkItForNulls() {
        List<Path> packages = MAIN.stream().map(s -> s.file().getParent()).distinct().toList();

        assertThat(packages)
                .allSatisfy(directory ->
                        assertThat(directory.resolve("package-info.java"))
                                .isRegularFile()
                                .content()
                                .startsWith("/**")
                                .contains("@NullMarked"));
    }

    @Test
    void shouldDecideEachCaseWhereMessagesAreSwitchedOn() {
        assertNone(
                MAIN,
                source ->
                        EXHAUSTIVE_PACKAGES.matcher(source.file().toString()).matches()
                                && matches(DEFAULT_BRANCH, source));
    }

    @Test
    void shouldTieEachTodoToAnIssue() {
        assertNone(MAIN, source -> matches(TODO_WITHOUT_ISSUE, source));
        assertNone(withoutThis(TEST), source -> matches(TODO_WITHOUT_ISSUE, source));
    }

    @Test
    void shouldIndentWithSpaces() {
        assertNone(MAIN, source -> source.text().indexOf('\t') >= 0);
        assertNone(TEST, source -> source.text().indexOf('\t') >= 0);
    }

    @Test
    void shouldNotSleepInTests() {
        assertNone(withoutThis(TEST), source -> matches(SLEEP, source));
    }

    @Test
    void shouldUseNoBannedWords() {
        assertNone(MAIN, source -> matches(BANNED_WORDS, source));
        assertNone(withoutThis(TEST), source -> matches(BANNED_WORDS, source));
    }

    private static void assertNone(List<Source> sources, Predicate<Source> offends) {
        assertThat(sources.stream().filter(offends).toList()).isEmpty();
    }

    private static boolean matches(Pattern pattern, Source source) {
        return pattern.matcher(source.text()).find();
    }

    private static List<Source> withoutThis(List<Source> sources) {
        return sources.stream()
                .filter(s -> !s.file().endsWith(HouseRulesTest.class.getSimpleName() + ".java"))
                .toList();
    }

    /** The directory of the parent project, from wherever the test runs. */
    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isDirectory(directory.resolve("relay-core"))) {
            directory = directory.getParent();
        }
        if (directory == null) {
            throw new IllegalStateException("not run inside the project");
        }
        return directory;
    }

    private static List<Source> sources(String part) {
        return Stream.of("relay-core", "relay-daemon", "relay-client")
                .map(module -> ROOT.resolve(module).resolve("src").resolve(part).resolve("java"))
                .filter(Files::isDirectory)
                .flatMap(HouseRulesTest::sourcesBelow)
                .toList();
    }

    private static Stream<Source> sourcesBelow(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(file -> new Source(file, read(file)))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
