package dev.parley.wire;

import dev.parley.conversation.RejectCode;
import dev.parley.conversation.RejectedException;
import dev.parley.ot.Component;
import dev.parley.ot.IllFormedTextException;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;

/** Text edits as spans and inserts. */
final class TextEditCodec {
    private TextEditCodec() {}

    static dev.parley.wire.v1.TextEdit encode(TextEdit edit) {
        dev.parley.wire.v1.TextEdit.Builder wire = dev.parley.wire.v1.TextEdit.newBuilder();
        for (Component component : edit.components()) {
            switch (component.kind()) {
                case RETAIN -> wire.addSpans(component.length());
                case DELETE -> wire.addSpans(-component.length());
                case INSERT -> {
                    wire.addSpans(0);
                    wire.addInserts(((Component.Insert) component).text().toString());
                }
            }
        }
        return wire.build();
    }

    /** Only the canonical form passes: two encodings of one edit would be two different bytes in the log. */
    static TextEdit decode(dev.parley.wire.v1.TextEdit wire) throws RejectedException {
        TextEdit.Builder builder = TextEdit.builder();
        int inserts = 0;
        int reach = 0;
        try {
            for (int span : wire.getSpansList()) {
                reach = Math.addExact(reach, Math.absExact(span));
                if (span > 0) {
                    builder.retain(span);
                } else if (span < 0) {
                    builder.delete(-span);
                } else if (inserts < wire.getInsertsCount()) {
                    builder.insert(Text.of(wire.getInserts(inserts++)));
                } else {
                    throw new RejectedException(RejectCode.MALFORMED);
                }
            }
        } catch (IllFormedTextException e) {
            throw new RejectedException(RejectCode.ILL_FORMED_TEXT);
        } catch (ArithmeticException e) {
            throw new RejectedException(RejectCode.OUT_OF_RANGE);
        }
        TextEdit edit = builder.build();
        if (!isEncodedAs(edit, wire)) {
            throw new RejectedException(RejectCode.NOT_CANONICAL);
        }
        return edit;
    }

    /** Whether {@link #encode} would make the same of it. What was joined or left out has other components. */
    private static boolean isEncodedAs(TextEdit edit, dev.parley.wire.v1.TextEdit wire) {
        int inserts = 0;
        if (edit.components().size() != wire.getSpansCount()) {
            return false;
        }
        for (int i = 0; i < wire.getSpansCount(); i++) {
            Component component = edit.components().get(i);
            int span = wire.getSpans(i);
            boolean isSame =
                    switch (component.kind()) {
                        case RETAIN -> span == component.length();
                        case DELETE -> span == -component.length();
                        case INSERT ->
                            span == 0
                                    && ((Component.Insert) component)
                                            .text()
                                            .toString()
                                            .equals(wire.getInserts(inserts++));
                    };
            if (!isSame) {
                return false;
            }
        }
        return inserts == wire.getInsertsCount()
                && wire.getUnknownFields().asMap().isEmpty();
    }
}
