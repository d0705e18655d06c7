package io.socp.relay.wire;

/** The names of the handlers in our pipelines, in their order from the socket inwards. */
public final class HandlerNames {

    /** Asks whether the connection may come in. */
    public static final String CONNECTION_LIMIT = "connection-limit";

    /** Reads for whom a trusted proxy speaks: before TLS, or from the request for the upgrade. */
    public static final String PROXY_HEADER = "proxy-header";

    /** TLS, and before it whoever decides whether there is any. */
    public static final String TLS = "tls";

    /** Waits for the end of the TLS handshake and reads what it proves. */
    public static final String TLS_PEER = "tls-peer";

    /** HTTP, for the upgrade and the information document only. */
    public static final String HTTP_CODEC = "http-codec";

    /** Shows the nonce of a TLS connection in the answer to the upgrade. */
    public static final String LINK_NONCE = "link-nonce";

    /** Joins an HTTP request; small. */
    public static final String HTTP_AGGREGATOR = "http-aggregator";

    /** Reads from the answer to an upgrade whether TLS is wanted. */
    public static final String PLAIN_REFUSED = "plain-refused";

    /** Answers plain HTTP requests. */
    public static final String INFORMATION = "information";

    /** Answers pings, notices silence; where every frame passes, also those that go no further. */
    public static final String CONTROL_FRAMES = "control-frames";

    /** The WebSocket handshake; on a port it leaves with it. */
    public static final String WEBSOCKET = "websocket";

    /** Tells when a dialled connection is open. */
    public static final String OPENED = "opened";

    /** Joins continuation frames under the frame limit; on a relay only where some have come. */
    public static final String FRAME_AGGREGATOR = "frame-aggregator";

    /** Text frames to envelopes. */
    public static final String ENVELOPE_DECODER = "envelope-decoder";

    /** Bytes to text frames. */
    public static final String ENVELOPE_ENCODER = "envelope-encoder";

    /** Waits for the first frame; gives way to {@link #LINK}. */
    public static final String HELLO = "hello";

    /** The bridge between the channel and the engine. */
    public static final String LINK = "link";

    /** Catches what nobody else did. */
    public static final String TAIL = "tail";

    private HandlerNames() {}
}
