package io.socp.relay.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads vector files: a JSON array of flat objects whose values are strings. */
public final class Vectors {

    private Vectors() {}

    /** The rows of a resource, in order, each as its fields by name. */
    public static List<Map<String, String>> read(String resource) {
        List<Map<String, String>> rows = new ArrayList<>();
        try (var in = Vectors.class.getResourceAsStream(resource);
                var parser = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                Map<String, String> row = new HashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    parser.nextToken();
                    row.put(name, parser.getString());
                }
                rows.add(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
