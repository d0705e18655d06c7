package io.socp.relay.client.e2e;

/** What came of opening a message: its text, or why there is none. */
public sealed interface Opening {

    /**
     * The text.
     *
     * @param isContentSigned whether the text is what {@code content_sig} covers; a plain copy that
     *     differs from the signed form is not
     */
    record Text(String text, boolean isContentSigned) implements Opening {}

    /** No text; {@code reason} is for the reader. */
    record Unreadable(String reason) implements Opening {}
}
