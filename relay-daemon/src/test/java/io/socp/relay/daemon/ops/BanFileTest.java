package io.socp.relay.daemon.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.limit.Bans.Ban;
import io.socp.relay.limit.Bans.Kind;
import io.socp.relay.limit.Bans.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BanFileTest {

    @TempDir private Path dir;

    @Test
    void shouldKeepBans() throws IOException {
        List<Ban> bans =
                List.of(
                        new Ban(new Subject(Kind.USER, "mallory"), 5, "shouts"),
                        new Ban(new Subject(Kind.ADDRESS, "10.0.0.1"), 6, ""));

        file().save(bans);

        assertThat(file().load()).isEqualTo(bans);
    }

    @Test
    void shouldKeepOneLineForEachWhateverItsReason() throws IOException {
        file().save(List.of(new Ban(new Subject(Kind.USER, "m"), 5, "a\tb\n6\tuser\tx\t")));

        assertThat(file().load())
                .containsExactly(new Ban(new Subject(Kind.USER, "m"), 5, "a b 6 user x "));
    }

    @Test
    void shouldHaveNoneWithoutAFile() throws IOException {
        assertThat(file().load()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5\tuser\tm", "x\tuser\tm\t", "5\tdog\tm\t", ""})
    void shouldNameTheLineThatIsNoBan(String line) throws IOException {
        Files.writeString(dir.resolve("bans"), "5\tuser\tm\t\n" + line + "\n");

        assertThatThrownBy(() -> file().load())
                .isInstanceOf(IOException.class)
                .hasMessage(dir.resolve("bans") + ", line 2: no ban");
    }

    private BanFile file() {
        return new BanFile(dir.resolve("bans"));
    }
}
