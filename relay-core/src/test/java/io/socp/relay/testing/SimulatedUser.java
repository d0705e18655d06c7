package io.socp.relay.testing;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.testing.Actors.Person;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A user with a well-behaved client, connected to one relay at a time. */
public final class SimulatedUser {

    private static final JsonObject ASKS = JsonObject.builder().put("presence", "ask").build();

    private final SimulatedMesh mesh;
    private final Person person;
    private ScriptedEnd link;

    SimulatedUser(SimulatedMesh mesh, Person person) {
        this.mesh = mesh;
        this.person = person;
    }

    /** Connects and says hello as our own client does. */
    public SimulatedUser connect(SimulatedRelay relay) {
        return hello(relay, Envelopes.userHello(person).with("ext", ASKS));
    }

    /** Connects and says hello as a client of the bare standard does. */
    public SimulatedUser connectPlainly(SimulatedRelay relay) {
        return hello(relay, Envelopes.userHello(person));
    }

    public void disconnect() {
        link.close();
    }

    /** Sends a direct message; the envelope that was sent. */
    public Envelope tell(Person recipient, String text) {
        return send(
                Envelopes.msgDirect(person, recipient).with("ciphertext", Envelopes.sealed(text)));
    }

    /** Sends a public message; the envelope that was sent. */
    public Envelope tellAll(String text) {
        return send(Envelopes.msgPublic(person).with("ciphertext", Envelopes.sealed(text)));
    }

    public Envelope send(EnvelopeBuilder builder) {
        Envelope envelope = builder.ts(mesh.now().epochMs()).build();
        link.send(envelope);
        return envelope;
    }

    public void askList() {
        send(Envelopes.listRequest(person));
    }

    /** Ids in the last answer to {@link #askList}. */
    public List<String> listed() {
        var users = (JsonArray) last("LIST_RESPONSE").payload().members().get("users");
        return users.elements().stream()
                .map(row -> ((JsonText) ((JsonObject) row).get("user_id")).value())
                .toList();
    }

    public Person person() {
        return person;
    }

    public ScriptedEnd link() {
        return link;
    }

    public List<Envelope> received(String type) {
        return link.received(type);
    }

    /** The last frame of this type. */
    public Envelope last(String type) {
        return received(type).getLast();
    }

    /** Whether no message came twice on this connection. */
    boolean hasEachMessageOnce() {
        Set<String> seen = new HashSet<>();
        return link == null
                || link.received().stream()
                        .filter(e -> e.type().equals("USER_DELIVER") || e.type().startsWith("MSG_"))
                        .allMatch(e -> seen.add(identity(e)));
    }

    private static String identity(Envelope e) {
        String author = e.type().equals("USER_DELIVER") ? ScriptedEnd.text(e, "sender") : e.from();
        boolean isSealed = e.payload().members().get("ciphertext") != null;
        String text = ScriptedEnd.text(e, isSealed ? "ciphertext" : "text");
        return author + ' ' + e.ts() + ' ' + text;
    }

    /** Connects and says hello in these words. */
    public SimulatedUser hello(SimulatedRelay relay, EnvelopeBuilder hello) {
        link = mesh.dial(relay);
        send(hello);
        return this;
    }
}
