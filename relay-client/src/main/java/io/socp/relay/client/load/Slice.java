package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;

/** A run of payload numbers in a corpus. Immutable. */
@Immutable
record Slice(int first, int count) {

    /** At most so many frames of a run are under way, whatever the options: about 60 MB. */
    static final int UNDER_WAY_MAX = 20_000;

    /** The first of them, so many at most. */
    Slice atMost(int limit) {
        return new Slice(first, Math.min(count, limit));
    }

    /** Payloads for one kind of message, where users hear of two. */
    Slice firstHalf() {
        return new Slice(first, count / 2);
    }

    /** Payloads for the other kind. */
    Slice secondHalf() {
        return new Slice(first + count / 2, count - count / 2);
    }

    /** For a stream whose readers listen to no other: streams of one key share its payloads. */
    static Slice shared(CorpusSpec spec, int key, int streams, int window) {
        int each = spec.payloadsOfAKey();
        int fair = Math.max(Math.max(1, window), UNDER_WAY_MAX / streams);
        return new Slice(key * each, Math.min(each, fair));
    }

    /** For one of several streams whose readers listen to all: each has payloads of its own. */
    static Slice own(CorpusSpec spec, int stream, int streams) {
        int each = spec.payloadsOfAKey();
        int streamsOfAKey = (streams + spec.keys() - 1) / spec.keys();
        int count = each / streamsOfAKey;
        return new Slice(stream % spec.keys() * each + stream / spec.keys() * count, count);
    }
}
