package io.socp.relay.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * {@code relay.yaml}: settings by name, each a single value. What the names are, and which values
 * they take, is the command line's to say: a setting is called as its flag is, without the dashes.
 */
public final class ConfigFile {

    /** Bytes a file may have; ours has some dozen lines. */
    static final int BYTES_MAX = 1 << 20;

    private final Path file;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    /** A value as it is written, and the line it stands on. */
    public record Setting(String text, int line) {}

    private ConfigFile(Path file) {
        this.file = file;
    }

    /** The file's settings by name, in its order. */
    public static Map<String, Setting> read(Path file) throws ConfigurationException {
        ConfigFile reading = new ConfigFile(file);
        reading.parse(reading.text());
        if (!reading.problems.isEmpty()) {
            throw new ConfigurationException(reading.problems);
        }
        return reading.settings;
    }

    private String text() throws ConfigurationException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new ConfigurationException(file + ": longer than " + BYTES_MAX + " bytes");
            }
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new ConfigurationException(
                    file + ": cannot be read: " + unreadable.getClass().getSimpleName());
        }
    }

    private void parse(String text) {
        try (JsonParser yaml = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            document(yaml);
        } catch (JacksonException malformed) {
            if (malformed.getCause() instanceof MarkedYamlEngineException marked) {
                int line = marked.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
                problem(line, "not YAML: " + marked.getProblem());
            } else {
                problem(malformed.getLocation().getLineNr(), "not YAML");
            }
        }
    }

    private void document(JsonParser yaml) {
        JsonToken first = yaml.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            // All comments: the defaults.
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            problem(line(yaml), "expected settings, one a line, as in  port: 8765");
            return;
        }
        while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
            setting(yaml);
        }
    }

    private void setting(JsonParser yaml) {
        String name = yaml.currentName();
        int line = line(yaml);
        JsonToken value = yaml.nextToken();
        if (!value.isScalarValue()) {
            problem(line, name + " must be a single value");
            yaml.skipChildren();
        } else if (settings.containsKey(name)) {
            problem(line, name + " is given twice");
        } else {
            String text = value == JsonToken.VALUE_NULL ? "" : yaml.getString();
            settings.put(name, new Setting(text, line));
        }
    }

    private static int line(JsonParser yaml) {
        return yaml.currentTokenLocation().getLineNr();
    }

    private void problem(int line, String text) {
        problems.add(file + ", line " + Math.max(1, line) + ": " + text);
    }
}
