package io.socp.relay.client.cli;

import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.ClientOptions;
import io.socp.relay.client.PinnedKeys;
import io.socp.relay.client.mesh.LocalMesh;
import io.socp.relay.client.mesh.LocalRelay;
import io.socp.relay.client.mesh.MeshException;
import io.socp.relay.client.mesh.ScriptedConversation;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.identity.UserId;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code socp mesh}: relays on this machine, two scripted users, and a prompt as a third. */
@Command(
        name = "mesh",
        description =
                "Start linked relays on this machine, watch two users talk across them, join in.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class MeshCommandLine implements Callable<Integer> {

    private static final int RELAYS_MAX = 10;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "N",
            arity = "0..1",
            defaultValue = "3",
            description = "how many relays, 1 to 10 (default: ${DEFAULT-VALUE})")
    private int relayCount;

    @Override
    public Integer call() throws IOException, InterruptedException, CommandFailure {
        if (relayCount < 1 || relayCount > RELAYS_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "N must be 1 to " + RELAYS_MAX + ", not " + relayCount);
        }
        String launcher = System.getenv().getOrDefault("SOCP_LAUNCHER", "./socp");
        try (LocalMesh mesh = new LocalMesh(launcher)) {
            Runtime.getRuntime().addShutdownHook(new Thread(mesh::close, "mesh-shutdown"));
            return run(mesh);
        } catch (MeshException failed) {
            throw new CommandFailure(String.valueOf(failed.getMessage()), failed);
        }
    }

    private int run(LocalMesh mesh) throws IOException, InterruptedException, CommandFailure {
        StandardOut.line("starting " + relayCount + (relayCount == 1 ? " relay" : " relays"));
        List<CompletableFuture<IdentityKey>> keys =
                Stream.generate(() -> CompletableFuture.supplyAsync(IdentityKey::generate))
                        .limit(3)
                        .toList();
        List<LocalRelay> relays = mesh.start(relayCount, MeshCommandLine::show);
        StandardOut.line(relayCount == 1 ? "the relay is up" : "all relays are linked");
        LocalRelay last = relays.getLast();
        LocalRelay second = relays.get(Math.min(1, relays.size() - 1));
        try (ScriptedConversation conversation =
                new ScriptedConversation(
                        relays.getFirst(),
                        keys.get(0).join(),
                        second,
                        keys.get(1).join(),
                        StandardOut::line)) {
            conversation.play();
            return prompt(last, keys.get(2).join());
        }
    }

    private static void show(LocalRelay relay) {
        StandardOut.line("relay " + relay.number() + " is " + relay.id() + " at " + relay.uri());
    }

    private static int prompt(LocalRelay relay, IdentityKey key)
            throws IOException, CommandFailure {
        StandardOut.line("now you, a third user, on relay " + relay.number() + ":");
        StandardOut.line("  /list, /tell alice <text>, /tell bob <text>, /all <text>, /quit");
        UserId id = new UserId(UUID.randomUUID().toString());
        ClientIdentity you = new ClientIdentity(id, key, "you", PinnedKeys.inMemory());
        return StandardChat.run(ClientOptions.to(relay.uri()), you, false);
    }
}
