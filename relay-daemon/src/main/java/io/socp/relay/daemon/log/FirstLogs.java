package io.socp.relay.daemon.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.socp.relay.daemon.config.LogOptions;

/**
 * The log before anything is configured, and of commands that configure nothing. Logback finds it
 * by name; quicker than to read a file, which every {@code ctl} would.
 */
public final class FirstLogs extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        new LogSetup(loggers).begin(LogOptions.standard());
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
