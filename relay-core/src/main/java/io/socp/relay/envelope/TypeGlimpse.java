package io.socp.relay.envelope;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Looks at a frame that is no envelope for what its maker meant it to be. Stateless.
 *
 * <p>An ERROR or an ACK is never answered (SOCP §9.5), a broken one neither: two servers could
 * answer each other for ever.
 */
final class TypeGlimpse {

    private static final JsonFactory JSON = JsonFactory.builder().build();

    private TypeGlimpse() {}

    /**
     * Whether the frame says that it is an ERROR or an ACK, before it breaks.
     *
     * @param frame all of it, or its beginning
     */
    static boolean isNotice(byte[] frame) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), frame)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean isType = parser.currentName().equals("type");
                if (parser.nextToken() == JsonToken.VALUE_STRING
                        && isType
                        && isNotice(parser.getString())) {
                    return true;
                }
                parser.skipChildren();
            }
            return false;
        } catch (JacksonException broken) {
            return false;
        }
    }

    private static boolean isNotice(String type) {
        return type.equals("ERROR") || type.equals("ACK");
    }
}
