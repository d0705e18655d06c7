package io.socp.relay.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.daemon.config.ConfigFile.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The form of the configuration file; what may stand in it is SettingSourcesTest's. */
class ConfigFileTest {

    @TempDir private Path dir;

    @Test
    void shouldReadSettingsWithTheirLines() throws Exception {
        Path file =
                write("# ours\nport: 8765\n\ntls-1.2: true\nadvertise: \"a.example:1\"\nhost:\n");

        assertThat(ConfigFile.read(file))
                .containsEntry("port", new Setting("8765", 2))
                .containsEntry("tls-1.2", new Setting("true", 4))
                .containsEntry("advertise", new Setting("a.example:1", 5))
                .containsEntry("host", new Setting("", 6))
                .hasSize(4);
    }

    @Test
    void shouldTakeAFileOfCommentsForOneWithoutSettings() throws Exception {
        assertThat(ConfigFile.read(write("# port: 1\n"))).isEmpty();
        assertThat(ConfigFile.read(write(""))).isEmpty();
    }

    @Test
    void shouldNameEachProblemWithItsLine() throws Exception {
        Path file = write("port: 1\nport: 2\ntls:\n  mode: off\nhost: [a]\n");

        assertThatThrownBy(() -> ConfigFile.read(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        String.join(
                                System.lineSeparator(),
                                file + ", line 2: port is given twice",
                                file + ", line 3: tls must be a single value",
                                file + ", line 5: host must be a single value"));
    }

    @Test
    void shouldRefuseWhatIsNoListOfSettings() throws Exception {
        Path list = write("- port\n");

        assertThatThrownBy(() -> ConfigFile.read(list)).hasMessageContaining("expected settings");
    }

    @Test
    void shouldRefuseWhatIsNotYaml() throws Exception {
        Path broken = write("port: 1\nhost: \"never ends\n");

        assertThatThrownBy(() -> ConfigFile.read(broken)).hasMessageContaining("not YAML");
    }

    @Test
    void shouldReadAFileOfTheMostBytesAndRefuseALongerOne() throws Exception {
        String comment = "#" + "x".repeat(ConfigFile.BYTES_MAX - 1);
        assertThat(ConfigFile.read(write(comment))).isEmpty();
        Path longer = write(comment + "x");

        assertThatThrownBy(() -> ConfigFile.read(longer)).hasMessageContaining("longer than");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(dir.resolve("relay.yaml"), text);
    }
}
