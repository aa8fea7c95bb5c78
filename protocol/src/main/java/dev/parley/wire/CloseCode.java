package dev.parley.wire;

/** Why a WebSocket was closed, and so what the client does next. */
public enum CloseCode {
    NORMAL(1000),
    /** Protocol violation below Parley: a frame that RFC 6455 forbids, or a text message. */
    PROTOCOL_ERROR(1002),
    /** Larger than the limit that Welcome announces. The client must not send the same again. */
    TOO_BIG(1009),
    /** The node stops or restarts: connect again after the announced delay. */
    SERVICE_RESTART(1012),
    /** Too many connections or too much load: connect again with back-off. */
    TRY_AGAIN_LATER(1013),
    /** Not a well-formed ClientFrames, or a frame out of order. The client is broken and must not try again. */
    BAD_FRAME(4400),
    /** No token, or one that does not verify: get a token, then connect. */
    UNAUTHENTICATED(4401),
    /** The token ran out: get a fresh one, then connect. */
    TOKEN_EXPIRED(4402),
    FORBIDDEN(4403),
    /** No Hello in time, or silence for two heartbeats. */
    TIMEOUT(4408),
    /** A newer connection of the same session took over: do not reconnect. */
    SUPERSEDED(4409),
    /** The client does not take what it asked for: connect again and resume. */
    TOO_SLOW(4410),
    /** The client's protocol version is not served any more. */
    UPGRADE(4426);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
