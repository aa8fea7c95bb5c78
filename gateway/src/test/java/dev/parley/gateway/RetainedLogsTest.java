package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Role;
import dev.parley.gateway.RunningGateway.Tree;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.ServerFrame;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that was told for how long logs are kept, and clients that were away for longer. */
class RetainedLogsTest {
    private static final int MESSAGES = 300;
    private static final Duration AWAY = Duration.ofDays(40);

    @TempDir
    private Path folder;

    @Test
    void who_was_away_for_longer_than_the_log_is_kept_gets_a_snapshot_and_writes_on() throws Exception {
        Instant now = Instant.now();
        String conversation;
        Position early;
        try (RunningGateway past = new RunningGateway(folder, 30, InstantSource.fixed(now.minus(AWAY)))) {
            conversation = past.conversationOf("vera");
            try (WireSocket vera = past.socket(Role.VISITOR, "vera")) {
                early = vera.open(conversation).getBlocks().getPosition();
            }
            for (int i = 0; i < MESSAGES; i++) {
                post(past, conversation, "message " + i);
            }
            assertThat(firstEntry(past, conversation)).isEqualTo(1);
        }
        try (RunningGateway present = new RunningGateway(folder, 30, InstantSource.system())) {
            await().atMost(Duration.ofMinutes(1)).until(() -> firstEntry(present, conversation) > 1);

            try (WireSocket vera = present.socket(Role.VISITOR, "vera")) {
                Opened opened = reopen(vera, conversation, early);
                assertThat(opened.getBlocks().getSince()).isZero();
                assertThat(opened.getBlocks().getBlocksCount()).isEqualTo(200);
            }
            assertThat(firstEntry(present, conversation)).isGreaterThan(200).isLessThan(MESSAGES);
            String last = post(present, conversation, "after all these days");
            assertThat(present.get(
                                    present.token(Role.AGENT, "ann"),
                                    "/v1/conversations/" + conversation + "/blocks/" + last + "/versions")
                            .json()
                            .list("versions"))
                    .hasSize(1);
        }
    }

    private static String post(RunningGateway gateway, String conversation, String text) throws Exception {
        return gateway.post(
                        gateway.token(Role.SERVICE, "backend"),
                        "/v1/conversations/" + conversation + "/messages",
                        JSONObjectUtils.toJSONString(Map.of("text", text)))
                .json()
                .text("block");
    }

    private static long firstEntry(RunningGateway gateway, String conversation) throws Exception {
        List<Tree> entries = gateway.get(
                        gateway.token(Role.AGENT, "ann"), "/v1/conversations/" + conversation + "/entries?limit=1")
                .json()
                .list("entries");
        return entries.get(0).number("revision");
    }

    private static Opened reopen(WireSocket socket, String conversation, Position position) throws Exception {
        socket.send(ClientFrame.newBuilder()
                .setOpen(Open.newBuilder().setConversation(conversation).setPosition(position)));
        return socket.await("Opened", ServerFrame::hasOpened).getOpened();
    }
}
