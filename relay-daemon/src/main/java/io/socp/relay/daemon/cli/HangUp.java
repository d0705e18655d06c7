package io.socp.relay.daemon.cli;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which operators tell a daemon to read its settings again. The JDK has signals in a
 * class that compilers warn of whatever one does, and that some platforms lack: hence by name.
 */
final class HangUp {

    private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /** Runs the task on a thread of the JVM's whenever the signal comes. */
    @SuppressWarnings("ReferenceEquality") // a handler is equal to itself alone
    static void onSignal(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object answer =
                    Proxy.newProxyInstance(
                            HangUp.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, args) ->
                                    switch (method.getName()) {
                                        case "equals" -> proxy == args[0];
                                        case "hashCode" -> System.identityHashCode(proxy);
                                        case "toString" -> "SIGHUP";
                                        default -> {
                                            task.run();
                                            yield null;
                                        }
                                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), answer);
        } catch (ReflectiveOperationException | IllegalArgumentException none) {
            LOG.debug("no SIGHUP here: {}", none.toString());
        }
    }
}
