package dev.parley.wire;

import dev.parley.conversation.Operation;
import dev.parley.conversation.Origin;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
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
        if (!submission.origin().equals(Origin.HUMAN)) {
            wire.setOrigin(OriginCodec.encode(submission.origin()));
        }
        for (Operation operation : submission.operations()) {
            wire.addOperations(OperationCodec.encode(operation));
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
            operations.add(OperationCodec.decode(operation));
        }
        return new Submission(
                new SubmissionId(wire.getOutbox(), wire.getSeq(), Fixed64.decode(wire.getContentId())),
                PositionCodec.decode(wire.getBase()),
                List.copyOf(operations),
                Math.max(0, wire.getComposedAtMillis()),
                wire.hasOrigin() ? OriginCodec.decode(wire.getOrigin()) : Origin.HUMAN);
    }
}
