package dev.parley.gateway.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** What a principal, or an address, is called among nodes: 128 bits. */
record AccountName(long high, long low) {
    /** Whoever has an address of IPv6 has all that begin like it. */
    private static final int NETWORK_BYTES = 8;

    static AccountName of(Principal principal) {
        return of(SessionName.digest("principal", principal.tenant(), principal.subject()));
    }

    static AccountName of(InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] network = address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes;
        return of(SessionName.digest("address", HexFormat.of().formatHex(network)));
    }

    private static AccountName of(ByteBuffer digest) {
        return new AccountName(digest.getLong(), digest.getLong());
    }
}
