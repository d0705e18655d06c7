package io.socp.relay.client.session;

/** Where a session stands. The hello is sent when {@link AwaitingAnswer} begins. */
sealed interface SessionState {

    /** TCP and WebSocket handshakes. */
    record Connecting() implements SessionState {}

    /** Hello sent; the next frame, or a while of silence, tells. */
    record AwaitingAnswer() implements SessionState {}

    /** Envelopes flow. */
    record Open() implements SessionState {}

    /** Close frame sent; what still comes in is passed on until the server closes. */
    record Closing(SessionEnd end) implements SessionState {}

    /** Over. */
    record Ended() implements SessionState {}
}
