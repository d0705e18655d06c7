package io.socp.relay.daemon.ops;

import ch.qos.logback.classic.Level;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.engine.TrailStep;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.limit.Bans;
import io.socp.relay.limit.Bans.Ban;
import io.socp.relay.limit.Bans.Subject;
import io.socp.relay.message.MessageReference;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.time.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators may do to a running relay. Thread-safe. Each act is written to the audit log,
 * {@code io.socp.relay.audit}, by whom it was asked for.
 */
@ThreadSafe
public final class Operations {

    private static final Logger AUDIT = LoggerFactory.getLogger("io.socp.relay.audit");

    private final RelayEngine engine;
    private final LinkRegistry links;
    private final Bans bans;
    private final BanFile banFile;
    private final Runnable drain;
    private final Reloading reloading;
    private final Ticker ticker;

    /**
     * Acts on these parts.
     *
     * @param banFile keeps the bans over a restart
     * @param drain makes the relay stop taking anyone, and end
     * @param reloading reads the settings again
     */
    public Operations(
            RelayEngine engine,
            LinkRegistry links,
            Bans bans,
            BanFile banFile,
            Runnable drain,
            Reloading reloading,
            Ticker ticker) {
        this.engine = engine;
        this.links = links;
        this.bans = bans;
        this.banFile = banFile;
        this.drain = drain;
        this.reloading = reloading;
        this.ticker = ticker;
    }

    /** Closes the user's link; whether there is one here. */
    boolean kick(UserId user, String by) {
        int closed = close(linksOf(new Subject(Bans.Kind.USER, user.value())), "kicked");
        audit("kick", by, "kick user {} by {}: {} links", user, by, closed);
        return closed > 0;
    }

    /** Closes the link; whether it was open. */
    boolean kick(LinkId id, String by) {
        Link link = links.find(id);
        int closed = link == null ? 0 : close(List.of(link), "kicked");
        audit("kick", by, "kick {} by {}: {} links", id, by, closed);
        return closed > 0;
    }

    /**
     * Shuts out from now on, and closes what is open.
     *
     * @return how many links were closed
     */
    int ban(Subject subject, Duration span, String reason, String by) throws IOException {
        int closed = shutOut(subject, span, reason, by);
        keepBans();
        return closed;
    }

    /** The same, for now: what a restart finds is what was kept last. */
    int shutOut(Subject subject, Duration span, String reason, String by) throws IOException {
        long nowMs = ticker.now().epochMs();
        Ban ban = new Ban(subject, Math.addExact(nowMs, span.toMillis()), reason);
        if (!bans.add(ban, nowMs)) {
            throw new IOException("there are " + Bans.BANS_MAX + " bans already");
        }
        int closed = close(linksOf(subject), subject.kind().word() + " is banned");
        audit(
                "ban",
                by,
                "ban {} for {} by {}: {} links closed; {}",
                subject,
                span,
                by,
                closed,
                reason);
        return closed;
    }

    /** Writes down all bans that hold; the last of two at once is the newer. */
    synchronized void keepBans() throws IOException {
        banFile.save(bans.all(ticker.now().epochMs()));
    }

    /** Lets in again; whether there was a ban. */
    boolean unban(Subject subject, String by) throws IOException {
        boolean lifted = bans.lift(subject);
        keepBans();
        audit("unban", by, "unban {} by {}: {}", subject, by, lifted ? "lifted" : "was not banned");
        return lifted;
    }

    List<Ban> bans() {
        return bans.all(ticker.now().epochMs());
    }

    /** Takes nobody new, tells everyone, and ends. */
    void drain(String by) {
        audit("drain", by, "drain by {}", by);
        drain.run();
    }

    /** Reads the settings again and takes up what can be. Blocking. */
    public Reloading.Answer reload(String by) {
        Reloading.Answer answer = reloading.reload();
        switch (answer) {
            case Reloading.Answer.Done(var document) ->
                    audit("reload", by, "reload by {}: {}", by, text(document));
            case Reloading.Answer.Refused(String why) ->
                    audit("reload", by, "reload by {}: refused, {}", by, why);
        }
        return answer;
    }

    /** Sets how much a logger says; {@code ROOT} is all of them. */
    void setLogLevel(String logger, String level, String by) {
        Level wanted = Level.toLevel(level, null);
        if (wanted == null) {
            throw new IllegalArgumentException(
                    "level must be trace, debug, info, warn, error or off, not " + level);
        }
        if (!(LoggerFactory.getLogger(logger) instanceof ch.qos.logback.classic.Logger found)) {
            throw new IllegalArgumentException("logs are not ours to set");
        }
        audit("log-level", by, "log-level {} {} by {}", logger, wanted, by);
        found.setLevel(wanted);
    }

    /** What was done here with a message, lately. */
    List<TrailStep> trace(MessageReference reference, String by) {
        List<TrailStep> steps = engine.trail().steps(reference, ticker.now());
        audit("trace", by, "trace {} by {}: {} steps", reference, by, steps.size());
        return steps;
    }

    /** From when on all is known that was done with it, Unix ms. */
    long tracedSinceMs(MessageReference reference) {
        return engine.trail().knowsSinceMs(reference, ticker.now());
    }

    private static String text(JsonObject document) {
        return new String(Payload.of(document).canonical(), StandardCharsets.UTF_8);
    }

    private static void audit(String action, String by, String sentence, Object... arguments) {
        AUDIT.atInfo()
                .addKeyValue("action", action)
                .addKeyValue("operator", by)
                .log(sentence, arguments);
    }

    private Collection<Link> linksOf(Subject subject) {
        return switch (subject.kind()) {
            case USER ->
                    engine.users().locate(new UserId(subject.name()))
                                    instanceof UserLocation.Local(LinkId id)
                            ? found(List.of(id))
                            : List.of();
            case SERVER -> found(engine.peers().linksOf(new ServerId(subject.name())));
            case ADDRESS ->
                    links.all().stream()
                            .filter(link -> link.arrival().isFrom(subject.name()))
                            .toList();
        };
    }

    private List<Link> found(Collection<LinkId> ids) {
        return ids.stream().map(links::find).filter(Objects::nonNull).toList();
    }

    private static int close(Collection<Link> all, String text) {
        int closed = 0;
        for (Link link : all) {
            try {
                link.loop().execute(() -> link.close(CloseReason.POLICY, text));
                closed++;
            } catch (RejectedExecutionException stopped) {
                AUDIT.debug("{} is closed by the end of the relay", link.id());
            }
        }
        return closed;
    }
}
