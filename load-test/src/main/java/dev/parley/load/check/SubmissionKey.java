package dev.parley.load.check;

import com.google.protobuf.ByteString;
import dev.parley.wire.v1.Entry;
import java.util.HexFormat;

/** Names a submission for ever, as the wire does. */
public record SubmissionKey(String outbox, long seq, ByteString contentId) {

    static SubmissionKey of(Entry entry) {
        return new SubmissionKey(entry.getOutbox(), entry.getSeq(), entry.getContentId());
    }

    @Override
    public String toString() {
        return outbox + "#" + seq + "/" + HexFormat.of().formatHex(contentId.toByteArray());
    }
}
