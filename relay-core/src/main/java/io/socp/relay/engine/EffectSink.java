package io.socp.relay.engine;

/** Where effects go; keeps their order. */
@FunctionalInterface
public interface EffectSink {

    /** Takes one effect. */
    void emit(RelayEffect effect);
}
