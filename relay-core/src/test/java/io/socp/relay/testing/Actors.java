package io.socp.relay.testing;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.verify.KeyDirectory;
import java.util.List;

/** Who plays in the tests: users Alice, Bob and Carol, relays A, B and C; ids sort that way. */
public final class Actors {

    public static final Person ALICE =
            new Person(new UserId("aaaaaaaa-0000-4000-8000-000000000001"), TestKeys.ALICE);
    public static final Person BOB =
            new Person(new UserId("bbbbbbbb-0000-4000-8000-000000000002"), TestKeys.BOB);
    public static final Person CAROL =
            new Person(new UserId("cccccccc-0000-4000-8000-000000000003"), TestKeys.CAROL);

    public static final Server A = server("0000000a", TestKeys.SERVER_A, 1);
    public static final Server B = server("0000000b", TestKeys.SERVER_B, 2);
    public static final Server C = server("0000000c", TestKeys.SERVER_C, 3);

    /** Has a valid key and an id that nobody knows. */
    public static final Server MALLORY = server("0000000d", TestKeys.MALLORY, 4);

    public static final List<Person> PEOPLE = List.of(ALICE, BOB, CAROL);
    public static final List<Server> SERVERS = List.of(A, B, C);

    /** Knows the key of every actor but Mallory. */
    public static final KeyDirectory ALL_KEYS = new AllKeys();

    private Actors() {}

    /** A user. */
    public record Person(UserId id, TestKeys keys) {

        public RsaPublicKey key() {
            return keys.publicKey();
        }
    }

    /** A server, and where it can be dialled. */
    public record Server(ServerId id, TestKeys keys, HostPort address) {

        public RsaPublicKey key() {
            return keys.publicKey();
        }
    }

    private record AllKeys() implements KeyDirectory {

        @Override
        public boolean isLocal(UserId user) {
            return false;
        }

        @Override
        public RsaPublicKey keyOf(ServerId server) {
            return SERVERS.stream()
                    .filter(s -> s.id().equals(server))
                    .map(Server::key)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public RsaPublicKey keyOf(UserId user) {
            return PEOPLE.stream()
                    .filter(p -> p.id().equals(user))
                    .map(Person::key)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public boolean isLinked(ServerId server) {
            return false;
        }

        @Override
        public ServerId homeOf(UserId user) {
            return null;
        }
    }

    private static Server server(String prefix, TestKeys keys, int lastByte) {
        return new Server(
                new ServerId(prefix + "-0000-4000-8000-000000000000"),
                keys,
                new HostPort("10.0.0." + lastByte, 8765));
    }
}
