package io.socp.relay.testing;

import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors.Person;
import java.util.List;
import java.util.stream.IntStream;

/** Any number of people, who share a key so that nobody waits for theirs to be made. */
public final class Crowd {

    private Crowd() {}

    /** So many people; the first are the same each time. */
    public static List<Person> of(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format("%08x-0000-4000-8000-00000000c20d", i))
                .map(id -> new Person(new UserId(id), TestKeys.ALICE))
                .toList();
    }
}
