package dev.parley.wire;

/** The versions of the wire protocol, and its name as a WebSocket subprotocol. */
public final class ProtocolVersion {
    public static final int CURRENT = 1;
    public static final int OLDEST_SERVED = 1;
    public static final String SUBPROTOCOL = "parley.v1";

    private ProtocolVersion() {}
}
