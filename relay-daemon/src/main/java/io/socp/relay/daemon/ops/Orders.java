package io.socp.relay.daemon.ops;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.NetUtil;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.limit.AddressKey;
import io.socp.relay.limit.Bans.Kind;
import io.socp.relay.limit.Bans.Subject;
import io.socp.relay.limit.Network;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Operators' orders as requests: {@code /api/v1/ban?user=ID&for=10m}. Thread-safe.
 *
 * <p>An order that cannot be understood throws {@link IllegalArgumentException} with what is wrong.
 */
@ThreadSafe
record Orders(Operations operations) {

    private static final String RELOAD = "/api/v1/reload";

    /** A ban without a word on its length. */
    private static final Duration BAN_STANDARD = Duration.ofHours(1);

    private static final Duration BAN_MAX = Duration.ofDays(3_650);
    private static final String NETWORK = "/64";
    private static final int REASON_CHARACTERS_MAX = 200;
    private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([smhd])");

    /** Carries out the order; null for one that does not exist. */
    @Nullable JsonObject carryOut(QueryStringDecoder uri, String by) throws IOException {
        return switch (uri.rawPath()) {
            case "/api/v1/kick" -> kick(uri, by);
            case "/api/v1/ban" -> ban(uri, by);
            case "/api/v1/unban" -> done("lifted", operations.unban(subject(uri), by));
            case "/api/v1/drain" -> {
                operations.drain(by);
                yield done("draining", true);
            }
            case RELOAD -> reload(by);
            case "/api/v1/log-level" -> {
                operations.setLogLevel(wanted(uri, "logger", "ROOT"), wanted(uri, "level"), by);
                yield done("set", true);
            }
            default -> null;
        };
    }

    /** Whether the order takes its time: not for an event loop. */
    static boolean isSlow(String path) {
        return path.equals(RELOAD);
    }

    private JsonObject reload(String by) {
        return switch (operations.reload(by)) {
            case Reloading.Answer.Done(JsonObject document) -> document;
            case Reloading.Answer.Refused(String why) -> throw new IllegalArgumentException(why);
        };
    }

    /** Those who are shut out now. */
    JsonArray bans() {
        return new JsonArray(
                operations.bans().stream()
                        .<JsonValue>map(ban ->
                                JsonObject.builder()
                                        .put(ban.subject().kind().word(), ban.subject().name())
                                        .put("until_ms", ban.untilMs())
                                        .put("reason", ban.reason())
                                        .build())
                        .toList());
    }

    private JsonObject kick(QueryStringDecoder uri, String by) {
        String user = find(uri, "user");
        String link = find(uri, "link");
        if ((user == null) == (link == null)) {
            throw new IllegalArgumentException("kick one user or one link");
        }
        if (user != null) {
            return done("kicked", operations.kick(new UserId(user), by));
        }
        try {
            return done("kicked", operations.kick(new LinkId(Long.parseLong(link)), by));
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("link must be a number, not " + link, noNumber);
        }
    }

    private JsonObject ban(QueryStringDecoder uri, String by) throws IOException {
        String reason = wanted(uri, "reason", "");
        if (reason.length() > REASON_CHARACTERS_MAX) {
            throw new IllegalArgumentException(
                    "reason must have " + REASON_CHARACTERS_MAX + " characters at most");
        }
        int closed = operations.ban(subject(uri), span(find(uri, "for")), reason, by);
        return JsonObject.builder().put("banned", true).put("links_closed", closed).build();
    }

    private static Duration span(@Nullable String text) {
        if (text == null) {
            return BAN_STANDARD;
        }
        Matcher span = SPAN.matcher(text);
        if (!span.matches()) {
            throw new IllegalArgumentException("for must be like 30s, 10m, 2h or 7d, not " + text);
        }
        long count = Long.parseLong(span.group(1));
        Duration length =
                switch (span.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                };
        if (length.isZero() || length.compareTo(BAN_MAX) > 0) {
            throw new IllegalArgumentException("for must be from 1s to " + BAN_MAX.toDays() + "d");
        }
        return length;
    }

    private static Subject subject(QueryStringDecoder uri) {
        List<Subject> named = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            String name = find(uri, kind.word());
            if (name != null && !name.isBlank()) {
                named.add(new Subject(kind, checked(kind, name)));
            }
        }
        if (named.size() != 1) {
            throw new IllegalArgumentException("name one user, server or address");
        }
        return named.getFirst();
    }

    /** The name as it is looked up later; an address as the links say it. */
    private static String checked(Kind kind, String name) {
        return switch (kind) {
            case USER -> new UserId(name).value();
            case SERVER -> new ServerId(name).value();
            case ADDRESS -> {
                if (name.endsWith(NETWORK)) {
                    yield network(name);
                }
                InetAddress address = NetUtil.createInetAddressFromIpAddressString(name);
                if (address == null) {
                    throw new IllegalArgumentException("address must be an IP, not " + name);
                }
                yield address.getHostAddress();
            }
        };
    }

    /** What counts as one address of IPv6, as a ban made by the relay itself names it. */
    private static String network(String name) {
        Network.parse(name);
        String first = name.substring(0, name.length() - NETWORK.length());
        if (Network.address(first) instanceof Inet6Address address) {
            return AddressKey.of(address).toString();
        }
        throw new IllegalArgumentException("only of IPv6 " + NETWORK + " is an address");
    }

    private static String wanted(QueryStringDecoder uri, String name) {
        String value = find(uri, name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static String wanted(QueryStringDecoder uri, String name, String standard) {
        String value = find(uri, name);
        return value == null ? standard : value;
    }

    private static @Nullable String find(QueryStringDecoder uri, String name) {
        List<String> values = uri.parameters().get(name);
        return values == null ? null : values.getLast();
    }

    private static JsonObject done(String what, boolean isDone) {
        return JsonObject.builder().put(what, isDone).build();
    }
}
