package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object in the order they were written. Immutable.
 *
 * <p>Two arrays, since most objects have a handful of members, each is read a few times, and every
 * frame is made of several: what a linked hash map costs more is a third of a frame's garbage. Only
 * beyond {@link #SCANNED_MAX} members there is an index, so that a hostile object is not slow.
 */
@Immutable
final class Members extends AbstractMap<String, JsonValue> {

    /** So many are looked through one after the other. */
    static final int SCANNED_MAX = 16;

    private static final Members NONE = new Members(new String[0], new JsonValue[0], null);

    private final String[] names;
    private final JsonValue[] values;
    private final @Nullable Map<String, Integer> places;

    private Members(String[] names, JsonValue[] values, @Nullable Map<String, Integer> places) {
        this.names = names;
        this.values = values;
        this.places = places;
    }

    /** The same members; the map itself where it is of this kind. */
    static Members copyOf(Map<String, JsonValue> members) {
        if (members instanceof Members immutable) {
            return immutable;
        }
        var collector = new Collector();
        members.forEach(collector::put);
        return collector.finish();
    }

    @Override
    public @Nullable JsonValue get(@Nullable Object name) {
        int place = place(names, names.length, places, name);
        return place < 0 ? null : values[place];
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return place(names, names.length, places, name) >= 0;
    }

    @Override
    public int size() {
        return names.length;
    }

    @Override
    public Set<Map.Entry<String, JsonValue>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, JsonValue>> iterator() {
                return new EntryIterator();
            }

            @Override
            public int size() {
                return names.length;
            }
        };
    }

    private static int place(
            String[] names,
            int size,
            @Nullable Map<String, Integer> places,
            @Nullable Object name) {
        if (places != null) {
            return places.getOrDefault(name, -1);
        }
        for (int i = 0; i < size; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** In the order they were written. */
    private final class EntryIterator implements Iterator<Map.Entry<String, JsonValue>> {

        private int next;

        @Override
        public boolean hasNext() {
            return next < names.length;
        }

        @Override
        public Map.Entry<String, JsonValue> next() {
            if (next == names.length) {
                throw new NoSuchElementException();
            }
            int place = next++;
            return Map.entry(names[place], values[place]);
        }
    }

    /** Collects members, each name once; lives on one thread. */
    static final class Collector {

        private static final int EXPECTED = 8;

        private String[] names = new String[EXPECTED];
        private JsonValue[] values = new JsonValue[EXPECTED];
        private @Nullable Map<String, Integer> places;
        private int size;

        boolean contains(String name) {
            return place(names, size, places, name) >= 0;
        }

        /** A name that is there already keeps its place, with the new value. */
        void put(String name, JsonValue value) {
            int place = place(names, size, places, name);
            if (place < 0) {
                add(name, value);
            } else {
                values[place] = value;
            }
        }

        /** A name that is known not to be there. */
        void add(String name, JsonValue value) {
            if (size == names.length) {
                names = Arrays.copyOf(names, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            names[size] = name;
            values[size] = value;
            size++;
            if (places != null) {
                places.put(name, size - 1);
            } else if (size > SCANNED_MAX) {
                places = new HashMap<>();
                for (int i = 0; i < size; i++) {
                    places.put(names[i], i);
                }
            }
        }

        /** The members so far; more may be collected afterwards. */
        Members finish() {
            // Handed over: whoever collects more has it made again, and nearly nobody does.
            Map<String, Integer> index = places;
            places = null;
            return size == 0
                    ? NONE
                    : new Members(Arrays.copyOf(names, size), Arrays.copyOf(values, size), index);
        }
    }
}
