package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import dev.parley.wire.CloseCode;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.ServerFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tabs of one browser that lead one after the other, over real sockets. */
class LeadershipTest {
    private static final String BROWSER = "a browser's session";

    private RunningGateway gateway;
    private String vera;

    @BeforeEach
    void start() throws Exception {
        gateway = new RunningGateway();
        vera = gateway.token(Role.VISITOR, "vera");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void aTabThatTakesOverGetsALargerFenceAndTheOneBeforeIsToldToStayAway() throws Exception {
        try (WireSocket first = socket(vera, 0)) {
            long fence = first.awaitFence();
            try (WireSocket second = socket(vera, 0)) {
                assertThat(second.awaitFence()).isGreaterThan(fence);
                assertSuperseded(first);
            }
        }
    }

    @Test
    void aTabThatLedBeforeIsRefusedAndTheLeaderIsLeftInPeace() throws Exception {
        try (WireSocket first = socket(vera, 0)) {
            long old = first.awaitFence();
            try (WireSocket leader = socket(vera, 0)) {
                leader.awaitFence();
                try (WireSocket thawed = socket(vera, old)) {
                    assertSuperseded(thawed);
                }
                assertThat(leader.open("").getConversation()).isNotEmpty();
            }
        }
    }

    @Test
    void theLeaderComesBackWithItsFenceBeforeItsOldSocketIsKnownToBeDead() throws Exception {
        try (WireSocket lost = socket(vera, 0)) {
            long fence = lost.awaitFence();
            try (WireSocket back = socket(vera, fence)) {
                assertThat(back.awaitFence()).isEqualTo(fence);
                assertSuperseded(lost);
            }
        }
    }

    @Test
    void somebodyElsesSessionOfTheSameNameIsAnother() throws Exception {
        try (WireSocket first = socket(vera, 0);
                WireSocket other = socket(gateway.token(Role.VISITOR, "victor"), 0)) {
            first.awaitFence();
            other.awaitFence();

            assertThat(first.open("").getConversation())
                    .isNotEqualTo(other.open("").getConversation());
        }
    }

    @Test
    void aFenceThatNoGatewayGaveIsABadFrame() throws Exception {
        for (long fence : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            try (WireSocket socket = socket(vera, fence)) {
                assertThat(socket.awaitClose()).isEqualTo(CloseCode.BAD_FRAME.code());
            }
        }
    }

    private WireSocket socket(String token, long fence) throws Exception {
        return new WireSocket(gateway.port(), token, BROWSER, fence);
    }

    private static void assertSuperseded(WireSocket socket) throws Exception {
        assertThat(socket.await("Failure", ServerFrame::hasFailure).getFailure().getCode())
                .isEqualTo(FailureCode.SUPERSEDED);
        assertThat(socket.awaitClose()).isEqualTo(CloseCode.SUPERSEDED.code());
    }
}
