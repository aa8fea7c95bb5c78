package dev.parley.wire;

import dev.parley.conversation.ConversationSummary;
import java.util.List;

public final class SummaryCodec {
    private SummaryCodec() {}

    public static dev.parley.wire.v1.ConversationSummary encode(ConversationSummary summary) {
        return dev.parley.wire.v1.ConversationSummary.newBuilder()
                .setConversation(summary.conversation())
                .setKind(summary.kind())
                .setVisitor(summary.visitor())
                .setVisitorName(summary.visitorName())
                .setState(summary.state())
                .setAssignee(summary.assignee())
                .setTitle(summary.title())
                .addAllTags(summary.tags())
                .setLastText(summary.lastText())
                .setLastRole(Enums.role(summary.lastRole()))
                .setLastTimeMillis(summary.lastTimeMillis())
                .setRevision(summary.revision())
                .build();
    }

    public static ConversationSummary decode(dev.parley.wire.v1.ConversationSummary wire) throws WireException {
        return new ConversationSummary(
                wire.getConversation(),
                wire.getKind(),
                wire.getVisitor(),
                wire.getVisitorName(),
                wire.getState(),
                wire.getAssignee(),
                wire.getTitle(),
                List.copyOf(wire.getTagsList()),
                wire.getLastText(),
                Enums.role(wire.getLastRole()),
                wire.getLastTimeMillis(),
                wire.getRevision());
    }
}
