package io.socp.relay.daemon.config;

/** How this process speaks to the kernel about its sockets. */
public enum Transport {
    /** Epoll where it is there, NIO elsewhere. */
    AUTO,
    EPOLL,
    /** Linux alone, and only where kernel and container allow it; never taken unasked. */
    IO_URING,
    NIO
}
