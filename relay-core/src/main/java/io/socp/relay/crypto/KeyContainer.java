package io.socp.relay.crypto;

/** Text form of a public key; implementations differ, and some can read only their own. */
public enum KeyContainer {

    /** Base64 of the DER SubjectPublicKeyInfo, 734 characters: the majority's form, and ours. */
    DER_BASE64URL,

    /** Base64 of the PEM text, 1067 characters. */
    PEM_BASE64URL,

    /** PEM text itself, 800 characters with line breaks. */
    PEM_TEXT
}
