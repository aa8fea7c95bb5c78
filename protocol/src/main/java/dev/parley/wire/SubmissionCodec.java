package dev.parley.wire;

import dev.parley.conversation.Operation;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.RejectedException;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.ot.Text;
import dev.parley.wire.v1.Submit;
import java.util.ArrayList;
import java.util.List;

/** Submissions as clients send them. */
public final class SubmissionCodec {
    private SubmissionCodec() {}

    public static Submit encode(int handle, Submission submission) {
        Submit.Builder wire = Submit.newBuilder()
                .setHandle(handle)
                .setOutbox(submission.id().outbox())
                .setSeq(submission.id().seq())
                .setContentId(Fixed64.encode(submission.id().contentId()))
                .setBase(PositionCodec.encode(submission.base()))
                .setComposedAtMillis(submission.composedAtMillis());
        for (Operation operation : submission.operations()) {
            wire.addOperations(encode(operation));
        }
        return wire.build();
    }

    /**
     * Throws {@link WireException} where not even an answer could be addressed. What is wrong inside an operation becomes
     * {@link Operation.Invalid}, so that the submission is rejected like any other and its number used.
     */
    public static Submission decode(Submit wire) throws WireException {
        if (wire.getOutbox().isEmpty() || wire.getSeq() <= 0) {
            throw new WireException("a submission without outbox or seq");
        }
        List<Operation> operations = new ArrayList<>(wire.getOperationsCount());
        for (dev.parley.wire.v1.Operation operation : wire.getOperationsList()) {
            operations.add(decode(operation));
        }
        return new Submission(
                new SubmissionId(wire.getOutbox(), wire.getSeq(), Fixed64.decode(wire.getContentId())),
                PositionCodec.decode(wire.getBase()),
                List.copyOf(operations),
                Math.max(0, wire.getComposedAtMillis()));
    }

    private static dev.parley.wire.v1.Operation encode(Operation operation) {
        dev.parley.wire.v1.Operation.Builder wire = dev.parley.wire.v1.Operation.newBuilder();
        if (operation instanceof Operation.EditText edit) {
            wire.getEditTextBuilder()
                    .setBlock(edit.block())
                    .setBaseLength(edit.baseLength())
                    .setEdit(TextEditCodec.encode(edit.edit()));
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
        } else if (operation instanceof Operation.PublishDraft publish) {
            wire.getPublishDraftBuilder().setBlock(publish.block());
        } else {
            throw new IllegalArgumentException("no wire form for " + operation);
        }
        return wire.build();
    }

    private static Operation decode(dev.parley.wire.v1.Operation wire) {
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
                case PUBLISH_DRAFT ->
                    new Operation.PublishDraft(wire.getPublishDraft().getBlock());
                case KIND_NOT_SET -> throw new RejectedException(RejectCode.UNKNOWN_OPERATION);
            };
        } catch (RejectedException e) {
            return new Operation.Invalid(e.code());
        }
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
