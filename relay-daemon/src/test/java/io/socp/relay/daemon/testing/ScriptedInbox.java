package io.socp.relay.daemon.testing;

import io.socp.relay.daemon.link.Inbox;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.Link.FrameFate;
import io.socp.relay.envelope.Decoding;
import java.util.ArrayList;
import java.util.List;

/** An inbox that does nothing but what its test says. */
public final class ScriptedInbox implements Inbox {

    private final Link link;
    private final List<Decoding> frames = new ArrayList<>();
    private final List<String> silences = new ArrayList<>();
    private int done;
    private boolean farewell;
    private boolean closed;
    private int signsOfLife;

    public ScriptedInbox(Link link) {
        this.link = link;
    }

    public Link link() {
        return link;
    }

    /** All that came, in order. */
    public List<Decoding> frames() {
        return List.copyOf(frames);
    }

    public List<String> silences() {
        return List.copyOf(silences);
    }

    /** Whether the other end has said goodbye. */
    public int signsOfLife() {
        return signsOfLife;
    }

    public boolean hasFarewell() {
        return farewell;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Deals with so many of the frames. */
    public void finish(int count) {
        for (int i = 0; i < count; i++) {
            done++;
            link.onFrameDone(FrameFate.FINISHED);
        }
    }

    /** Leaves the frame in hand to the control plane. */
    public void leavePending() {
        done++;
        link.onFrameDone(FrameFate.PENDING);
    }

    @Override
    public void onFrame(Decoding decoding) {
        frames.add(decoding);
    }

    @Override
    public void onSilence(String detail) {
        silences.add(detail);
    }

    @Override
    public int inFlight() {
        return frames.size() - done;
    }

    @Override
    public void onFarewell() {
        farewell = true;
    }

    @Override
    public void onClosed() {
        closed = true;
    }

    @Override
    public void onSignOfLife() {
        signsOfLife++;
    }
}
