package io.socp.relay.dedup;

/** What came of asking for admission. */
public sealed interface Admission permits Admitted, Admission.Duplicate {

    /** The same message was admitted before; drop it silently. */
    record Duplicate() implements Admission {}
}
