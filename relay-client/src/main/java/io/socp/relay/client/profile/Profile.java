package io.socp.relay.client.profile;

import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.PinnedKeys;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A user's profile: id, key pair, display name, and the keys of those the user has been in touch
 * with. Thread-safe: known keys are a concurrent map, and writes of the file exclude each other.
 *
 * <p>A JSON object of {@code version} (1), {@code id}, {@code public_key}, {@code private_key}
 * (PKCS#8 PEM), {@code display_name} (optional), {@code known_keys} (id to public key, as its owner
 * wrote it), {@code known_servers} (host:port to the key met there over TLS) and {@code
 * link_auth_servers} (host:port of those met with link authentication). Unknown fields are kept.
 * Failures are {@link ProfileException}.
 */
@ThreadSafe
public final class Profile implements PinnedKeys {

    private static final int VERSION = 1;
    private static final String PROVEN_SERVERS = "link_auth_servers";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ProfileFile file;
    private final ObjectNode content;
    private final UserId user;
    private final IdentityKey key;
    private final Map<UserId, RsaPublicKey> knownKeys = new ConcurrentSkipListMap<>();
    private final Map<String, RsaPublicKey> knownServers = new ConcurrentSkipListMap<>();

    private final Set<String> provenServers = new ConcurrentSkipListSet<>();

    private Profile(ProfileFile file, ObjectNode content) throws ProfileException {
        this.file = file;
        this.content = content;
        this.user = new UserId(id(text("id"), "id"));
        this.key = privateKey();
        if (!publicKey(text("public_key"), "public_key").equals(key.publicKey())) {
            throw file.corrupt("public_key and private_key are not a pair", null);
        }
        for (Map.Entry<String, JsonNode> entry : object("known_servers").properties()) {
            String keyText = entry.getValue().stringValue("");
            knownServers.put(entry.getKey(), publicKey(keyText, "known_servers." + entry.getKey()));
        }
        for (JsonNode entry : content.path(PROVEN_SERVERS)) {
            if (!entry.isString()) {
                throw file.corrupt(PROVEN_SERVERS + " has something that is no string", null);
            }
            provenServers.add(entry.stringValue());
        }
        for (Map.Entry<String, JsonNode> entry : object("known_keys").properties()) {
            String field = "known_keys." + entry.getKey();
            String keyText = entry.getValue().stringValue("");
            knownKeys.put(new UserId(id(entry.getKey(), field)), publicKey(keyText, field));
        }
    }

    /** Opens the profile, or makes one with a new id and key, which takes seconds. */
    public static Profile openOrCreate(Path path) throws ProfileException {
        ProfileFile file = new ProfileFile(path);
        byte[] bytes = file.read();
        if (bytes == null) {
            Profile made = new Profile(file, fresh());
            made.save();
            return made;
        }
        Profile opened = new Profile(file, parse(file, bytes));
        file.restrict();
        return opened;
    }

    /** Who the profile's owner speaks as. */
    public ClientIdentity identity() {
        return new ClientIdentity(user, key, displayName(), this);
    }

    /** Shows the owner under another name from now on. */
    public synchronized void rename(String displayName) throws ProfileException {
        if (!displayName.equals(displayName())) {
            content.put("display_name", displayName);
            save();
        }
    }

    /** Null where the profile has none. */
    public synchronized @Nullable String displayName() {
        return content.path("display_name").stringValue(null);
    }

    @Override
    public @Nullable RsaPublicKey keyOf(UserId other) {
        return knownKeys.get(other);
    }

    @Override
    public synchronized void pin(UserId other, RsaPublicKey pinned) throws ProfileException {
        knownKeys.put(other, pinned);
        save();
    }

    @Override
    public @Nullable RsaPublicKey keyOfServer(String authority) {
        return knownServers.get(authority);
    }

    @Override
    public synchronized void pinServer(String authority, RsaPublicKey pinned)
            throws ProfileException {
        knownServers.put(authority, pinned);
        save();
    }

    @Override
    public boolean provesFrames(String authority) {
        return provenServers.contains(authority);
    }

    @Override
    public synchronized void pinFrames(String authority) throws ProfileException {
        if (provenServers.add(authority)) {
            save();
        }
    }

    private synchronized void save() throws ProfileException {
        ObjectNode known = JSON.createObjectNode();
        new TreeMap<>(knownKeys).forEach((id, value) -> known.put(id.value(), value.text()));
        content.set("known_keys", known);
        if (!knownServers.isEmpty()) {
            ObjectNode servers = JSON.createObjectNode();
            knownServers.forEach((authority, value) -> servers.put(authority, value.text()));
            content.set("known_servers", servers);
        }
        if (!provenServers.isEmpty()) {
            ArrayNode proven = JSON.createArrayNode();
            provenServers.forEach(proven::add);
            content.set(PROVEN_SERVERS, proven);
        }
        file.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
    }

    private static ObjectNode fresh() {
        IdentityKey made = IdentityKey.generate();
        return JSON.createObjectNode()
                .put("version", VERSION)
                .put("id", UUID.randomUUID().toString())
                .put("public_key", made.publicKey().text())
                .put("private_key", made.toPem());
    }

    private static ObjectNode parse(ProfileFile file, byte[] bytes) throws ProfileException {
        try {
            if (JSON.readTree(bytes) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException notJson) {
            int line = notJson.getLocation() == null ? 1 : notJson.getLocation().getLineNr();
            throw file.corrupt("not JSON at line " + line, notJson);
        }
        throw file.corrupt("not a JSON object", null);
    }

    private String text(String field) throws ProfileException {
        JsonNode value = content.get(field);
        if (value == null || !value.isString()) {
            throw file.corrupt(field + " is missing or not a string", null);
        }
        return value.stringValue();
    }

    private String id(String value, String field) throws ProfileException {
        if (!IdRule.LENIENT.accepts(value)) {
            throw file.corrupt(field + " is not a user id", null);
        }
        return value;
    }

    private IdentityKey privateKey() throws ProfileException {
        try {
            return IdentityKey.fromPem(text("private_key"));
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw file.corrupt("private_key is not usable: " + unusable.getMessage(), unusable);
        }
    }

    private RsaPublicKey publicKey(String text, String field) throws ProfileException {
        return switch (RsaPublicKey.read(text)) {
            case KeyReading.Valid(RsaPublicKey read) -> read;
            case KeyReading.Invalid(String reason) ->
                    throw file.corrupt(field + ": " + reason, null);
        };
    }

    private JsonNode object(String field) throws ProfileException {
        JsonNode known = content.get(field);
        if (known == null) {
            return JSON.createObjectNode();
        }
        if (!known.isObject()) {
            throw file.corrupt(field + " is not an object", null);
        }
        return known;
    }
}
