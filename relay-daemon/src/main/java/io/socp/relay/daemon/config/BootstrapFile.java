package io.socp.relay.daemon.config;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * The static list of introducers, in the standard's shape (SOCP §8): {@code bootstrap_servers}, a
 * list of {@code host}, {@code port} and {@code pubkey}.
 *
 * <p>An absent file means that this relay starts alone. A broken one is refused as a whole, with
 * the line of each problem: a typing error must not silently cost a relay its mesh. {@code pubkey}
 * may be left out; the server's key is then trusted on first contact. {@code tls} (not in the
 * standard) is {@code true} where the server is dialled as {@code wss://}.
 */
public final class BootstrapFile {

    /** Entries a file may have. */
    static final int ENTRIES_MAX = 1_000;

    private static final String LIST = "bootstrap_servers";
    private static final Set<String> FIELDS = Set.of("host", "port", "pubkey", "tls");

    private final Path file;
    private final List<String> problems = new ArrayList<>();
    private final List<Introducer> introducers = new ArrayList<>();

    private BootstrapFile(Path file) {
        this.file = file;
    }

    /** The file's introducers in its order; none when the file is absent. */
    public static List<Introducer> read(Path file) throws ConfigurationException {
        if (Files.notExists(file)) {
            return List.of();
        }
        BootstrapFile reading = new BootstrapFile(file);
        reading.parse(reading.text());
        if (!reading.problems.isEmpty()) {
            throw new ConfigurationException(reading.problems);
        }
        return List.copyOf(reading.introducers);
    }

    private String text() throws ConfigurationException {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new ConfigurationException(file + ": cannot be read: " + reason(unreadable));
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
                problem(line(malformed), "not YAML: " + firstLine(malformed.getOriginalMessage()));
            }
        }
    }

    private void document(JsonParser yaml) {
        JsonToken first = yaml.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            problem(1, "the file is empty; expected the list " + LIST);
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            problem(line(yaml), "expected the list " + LIST);
            return;
        }
        boolean found = false;
        while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = yaml.currentName();
            int line = line(yaml);
            JsonToken value = yaml.nextToken();
            if (!name.equals(LIST)) {
                problem(line, "unknown key " + name + "; did you mean " + LIST + "?");
                yaml.skipChildren();
            } else if (found) {
                problem(line, LIST + " is given twice");
                yaml.skipChildren();
            } else if (value != JsonToken.START_ARRAY) {
                problem(line, LIST + " must be a list; write [] for none");
                yaml.skipChildren();
                found = true;
            } else if (list(yaml)) {
                found = true;
            } else {
                return;
            }
        }
        if (!found && problems.isEmpty()) {
            problem(1, LIST + " is missing");
        }
    }

    /** Reads the list; false when it is too long to be read to its end. */
    private boolean list(JsonParser yaml) {
        for (JsonToken token = yaml.nextToken();
                token != JsonToken.END_ARRAY;
                token = yaml.nextToken()) {
            int line = line(yaml);
            if (introducers.size() >= ENTRIES_MAX) {
                problem(line, "more than " + ENTRIES_MAX + " entries");
                return false;
            }
            if (token == JsonToken.START_OBJECT) {
                entry(fields(yaml), line);
            } else {
                problem(line, "an entry must have host, port and pubkey");
                yaml.skipChildren();
            }
        }
        return true;
    }

    /** A value of an entry and the line it stands on. */
    private record Field(String text, int line) {}

    private Map<String, Field> fields(JsonParser yaml) {
        Map<String, Field> fields = new HashMap<>();
        while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = yaml.currentName();
            int line = line(yaml);
            JsonToken value = yaml.nextToken();
            if (!FIELDS.contains(name)) {
                problem(line, "unknown key " + name + "; an entry has host, port, pubkey and tls");
                yaml.skipChildren();
            } else if (!value.isScalarValue()) {
                problem(line, name + " must be a single value");
                yaml.skipChildren();
            } else if (fields.put(name, new Field(text(yaml, value), line)) != null) {
                problem(line, name + " is given twice");
            }
        }
        return fields;
    }

    /** A value's text; none for YAML's null. */
    private static String text(JsonParser yaml, JsonToken value) {
        return value == JsonToken.VALUE_NULL ? "" : yaml.getString();
    }

    private void entry(Map<String, Field> fields, int line) {
        int problemsBefore = problems.size();
        String host = required(fields, "host", line);
        int port = port(fields, line);
        RsaPublicKey pinned = key(fields.get("pubkey"));
        boolean overTls = flag(fields.get("tls"));
        if (problems.size() > problemsBefore) {
            return;
        }
        try {
            introducers.add(new Introducer(new HostPort(host, port, overTls), pinned));
        } catch (IllegalArgumentException malformed) {
            problem(
                    fields.getOrDefault("host", new Field("", line)).line(),
                    "host: " + malformed.getMessage());
        }
    }

    private String required(Map<String, Field> fields, String name, int line) {
        Field field = fields.get(name);
        if (field == null || field.text().isBlank()) {
            problem(field == null ? line : field.line(), name + " is missing");
            return "";
        }
        return field.text();
    }

    private int port(Map<String, Field> fields, int line) {
        String text = required(fields, "port", line);
        if (text.isEmpty()) {
            return 0;
        }
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, together with numbers out of range.
        }
        problem(
                fields.getOrDefault("port", new Field("", line)).line(),
                "port must be a number from 1 to 65535, not " + text);
        return 0;
    }

    private @Nullable RsaPublicKey key(@Nullable Field field) {
        if (field == null || field.text().isBlank()) {
            return null;
        }
        return switch (RsaPublicKey.read(field.text().strip())) {
            case KeyReading.Valid(RsaPublicKey key) -> key;
            case KeyReading.Invalid(String reason) -> {
                problem(field.line(), "pubkey: " + reason);
                yield null;
            }
        };
    }

    private boolean flag(@Nullable Field field) {
        String text = field == null ? "" : field.text();
        if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
            problem(field == null ? 1 : field.line(), "tls must be true or false, not " + text);
        }
        return text.equals("true");
    }

    private void problem(int line, String what) {
        problems.add(file + ", line " + line + ": " + what);
    }

    private static int line(JsonParser yaml) {
        return yaml.currentTokenLocation().getLineNr();
    }

    private static int line(JacksonException malformed) {
        var location = malformed.getLocation();
        return location == null ? 1 : Math.max(1, location.getLineNr());
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "malformed" : text.lines().findFirst().orElse("malformed");
    }

    private static String reason(IOException unreadable) {
        return unreadable.getClass().getSimpleName();
    }
}
