package dev.parley.wire;

import dev.parley.conversation.Operation;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.RejectedException;
import dev.parley.ot.Text;

/** Operations, as they stand in submissions. */
final class OperationCodec {
    private OperationCodec() {}

    static dev.parley.wire.v1.Operation encode(Operation operation) {
        dev.parley.wire.v1.Operation.Builder wire = dev.parley.wire.v1.Operation.newBuilder();
        if (operation instanceof Operation.EditText edit) {
            // Without a builder within the builder: it is what is typed.
            wire.setEditText(dev.parley.wire.v1.Operation.EditText.newBuilder()
                    .setBlock(edit.block())
                    .setBaseLength(edit.baseLength())
                    .setEdit(TextEditCodec.encode(edit.edit()))
                    .build());
        } else if (operation instanceof Operation.CreateBlock create) {
            wire.getCreateBlockBuilder()
                    .setBlock(create.block())
                    .setKind(Enums.blockKind(create.kind()))
                    .setAudience(Enums.view(create.audience()))
                    .setText(create.text())
                    .addAllAttributes(AttributesCodec.encode(create.attributes()));
        } else if (operation instanceof Operation.SetAttribute set) {
            wire.getSetAttributeBuilder()
                    .setTarget(set.target())
                    .setKey(set.key())
                    .setValue(set.value());
        } else if (operation instanceof Operation.Advance advance) {
            wire.getAdvanceBuilder().setKey(advance.key()).setRevision(advance.revision());
        } else if (operation instanceof Operation.MoveBlock move) {
            wire.getMoveBlockBuilder().setBlock(move.block()).setRank(move.rank());
        } else if (operation instanceof Operation.PlaceAnchor anchor) {
            wire.getPlaceAnchorBuilder()
                    .setBlock(anchor.block())
                    .setBaseLength(anchor.baseLength())
                    .setSuggestion(anchor.suggestion())
                    .setStart(anchor.start())
                    .setEnd(anchor.end());
        } else if (operation instanceof Operation.Command command) {
            encode(command, wire);
        } else {
            throw new IllegalArgumentException("no wire form for " + operation);
        }
        return wire.build();
    }

    private static void encode(Operation.Command command, dev.parley.wire.v1.Operation.Builder wire) {
        if (command instanceof Operation.AppendText append) {
            wire.getAppendTextBuilder()
                    .setBlock(append.block())
                    .setRun(append.run())
                    .setFence(append.fence())
                    .setText(append.text());
        } else if (command instanceof Operation.PublishDraft publish) {
            wire.getPublishDraftBuilder().setBlock(publish.block()).setAnswers(publish.answers());
        } else if (command instanceof Operation.MergeBlocks merge) {
            wire.getMergeBlocksBuilder().setBlock(merge.block()).setInto(merge.into());
        } else if (command instanceof Operation.TakeOver takeOver) {
            wire.getTakeOverBuilder().setBlock(takeOver.block());
        } else if (command instanceof Operation.AcceptSuggestion accept) {
            wire.getAcceptSuggestionBuilder().setBlock(accept.block());
        } else if (command instanceof Operation.DismissSuggestion dismiss) {
            wire.getDismissSuggestionBuilder().setBlock(dismiss.block());
        } else if (command instanceof Operation.CloseConversation) {
            wire.getCloseConversationBuilder();
        } else if (command instanceof Operation.ReopenConversation) {
            wire.getReopenConversationBuilder();
        } else if (command instanceof Operation.Redact redact) {
            wire.getRedactBuilder().setBlock(redact.block());
        } else if (command instanceof Operation.Link link) {
            wire.getLinkBuilder().setVisitor(link.visitor()).setName(link.visitorName());
        } else if (command instanceof Operation.StartRun start) {
            wire.getStartRunBuilder().setBlock(start.block()).setRun(start.run());
        } else if (command instanceof Operation.FinishRun finish) {
            wire.getFinishRunBuilder()
                    .setBlock(finish.block())
                    .setRun(finish.run())
                    .setFence(finish.fence());
        } else {
            throw new IllegalArgumentException("no wire form for " + command);
        }
    }

    /** What is wrong inside becomes {@link Operation.Invalid}. */
    static Operation decode(dev.parley.wire.v1.Operation wire) {
        try {
            return switch (wire.getKindCase()) {
                case CREATE_BLOCK -> createBlock(wire.getCreateBlock());
                case EDIT_TEXT ->
                    new Operation.EditText(
                            wire.getEditText().getBlock(),
                            wire.getEditText().getBaseLength(),
                            TextEditCodec.decode(wire.getEditText().getEdit()));
                case SET_ATTRIBUTE ->
                    new Operation.SetAttribute(
                            wire.getSetAttribute().getTarget(),
                            wire.getSetAttribute().getKey(),
                            wire.getSetAttribute().getValue());
                case ADVANCE ->
                    new Operation.Advance(
                            wire.getAdvance().getKey(), wire.getAdvance().getRevision());
                case MOVE_BLOCK ->
                    new Operation.MoveBlock(
                            wire.getMoveBlock().getBlock(), wire.getMoveBlock().getRank());
                case PLACE_ANCHOR ->
                    new Operation.PlaceAnchor(
                            wire.getPlaceAnchor().getBlock(),
                            wire.getPlaceAnchor().getBaseLength(),
                            wire.getPlaceAnchor().getSuggestion(),
                            wire.getPlaceAnchor().getStart(),
                            wire.getPlaceAnchor().getEnd());
                case PUBLISH_DRAFT ->
                    new Operation.PublishDraft(
                            wire.getPublishDraft().getBlock(),
                            wire.getPublishDraft().getAnswers());
                case MERGE_BLOCKS ->
                    new Operation.MergeBlocks(
                            wire.getMergeBlocks().getBlock(),
                            wire.getMergeBlocks().getInto());
                case TAKE_OVER -> new Operation.TakeOver(wire.getTakeOver().getBlock());
                case ACCEPT_SUGGESTION ->
                    new Operation.AcceptSuggestion(wire.getAcceptSuggestion().getBlock());
                case DISMISS_SUGGESTION ->
                    new Operation.DismissSuggestion(wire.getDismissSuggestion().getBlock());
                case CLOSE_CONVERSATION -> new Operation.CloseConversation();
                case REOPEN_CONVERSATION -> new Operation.ReopenConversation();
                case REDACT -> new Operation.Redact(wire.getRedact().getBlock());
                case LINK ->
                    new Operation.Link(
                            wire.getLink().getVisitor(), wire.getLink().getName());
                case START_RUN ->
                    new Operation.StartRun(
                            wire.getStartRun().getBlock(), wire.getStartRun().getRun());
                case APPEND_TEXT -> appendText(wire.getAppendText());
                case FINISH_RUN ->
                    new Operation.FinishRun(
                            wire.getFinishRun().getBlock(),
                            wire.getFinishRun().getRun(),
                            wire.getFinishRun().getFence());
                case KIND_NOT_SET -> throw new RejectedException(RejectCode.UNKNOWN_OPERATION);
            };
        } catch (RejectedException e) {
            return new Operation.Invalid(e.code());
        }
    }

    private static Operation appendText(dev.parley.wire.v1.Operation.AppendText wire) throws RejectedException {
        if (!Text.isWellFormed(wire.getText())) {
            throw new RejectedException(RejectCode.ILL_FORMED_TEXT);
        }
        return new Operation.AppendText(wire.getBlock(), wire.getRun(), wire.getFence(), wire.getText());
    }

    private static Operation createBlock(dev.parley.wire.v1.Operation.CreateBlock wire) throws RejectedException {
        if (!Text.isWellFormed(wire.getText())) {
            throw new RejectedException(RejectCode.ILL_FORMED_TEXT);
        }
        try {
            return new Operation.CreateBlock(
                    wire.getBlock(),
                    Enums.blockKind(wire.getKind()),
                    Enums.audience(wire.getAudience()),
                    wire.getText(),
                    AttributesCodec.decode(wire.getAttributesList()));
        } catch (WireException e) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
    }
}
