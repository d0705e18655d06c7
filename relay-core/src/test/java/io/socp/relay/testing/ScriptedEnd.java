package io.socp.relay.testing;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.util.ArrayList;
import java.util.List;

/** The side of a link that a test plays itself: sends what it likes, remembers what came. */
public final class ScriptedEnd implements SimulatedLink.End {

    private final SimulatedLink.Side side;
    private final List<Envelope> received = new ArrayList<>();

    ScriptedEnd(SimulatedLink.Side side) {
        this.side = side;
        side.attach(this);
    }

    public ScriptedEnd send(Envelope envelope) {
        return send(envelope.bytes());
    }

    public ScriptedEnd send(byte[] frame) {
        side.send(frame);
        return this;
    }

    public void close() {
        side.close();
    }

    public boolean isClosed() {
        return side.isClosed();
    }

    public List<Envelope> received() {
        return List.copyOf(received);
    }

    public List<Envelope> received(String type) {
        return received.stream().filter(e -> e.type().equals(type)).toList();
    }

    /** Codes of the ERRORs that came, in order. */
    public List<String> errors() {
        return received("ERROR").stream().map(e -> text(e, "code")).toList();
    }

    /** A text field of a payload. */
    public static String text(Envelope envelope, String field) {
        return text(envelope.payload().members(), field);
    }

    /** A text field of an object. */
    public static String text(JsonObject object, String field) {
        return ((JsonText) object.get(field)).value();
    }

    @Override
    public void onFrame(byte[] frame) {
        received.add(EnvelopeBuilder.decode(frame));
    }

    @Override
    public void onClosed() {
        // isClosed() says so.
    }
}
