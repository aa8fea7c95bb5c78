package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Origin;
import dev.parley.conversation.Rank;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.RejectedException;
import dev.parley.gateway.session.Limits;
import dev.parley.ot.Text;
import java.util.List;
import java.util.Map;

/** Whether an operation could be meant at all, whatever the conversation: its fields are there and within bounds. */
final class Shape {
    private Shape() {}

    static void check(Operation operation, String outbox, Limits limits) throws RejectedException {
        if (operation instanceof Operation.Invalid invalid) {
            throw new RejectedException(invalid.code());
        }
        if (operation instanceof Operation.Command command) {
            check(command, limits);
        } else if (operation instanceof Operation.CreateBlock create) {
            if (!create.block().startsWith(outbox + ".")) {
                throw new RejectedException(RejectCode.FOREIGN_ID);
            }
            requireId(create.block(), limits);
            if (create.attributes().size() > limits.attributesPerBlockMax()) {
                throw new RejectedException(RejectCode.TOO_LARGE);
            }
            for (Map.Entry<String, String> attribute : create.attributes().entrySet()) {
                requireAttribute(attribute.getKey(), attribute.getValue(), limits);
            }
        } else if (operation instanceof Operation.SetAttribute set) {
            requireAttribute(set.key(), set.value(), limits);
            if (set.key().equals(Attributes.PINNED) && !set.value().isEmpty()) {
                requireRank(set.value());
            }
        } else if (operation instanceof Operation.MoveBlock move) {
            requireRank(move.rank());
        } else if (operation instanceof Operation.PlaceAnchor anchor) {
            if (anchor.start() < 0 || anchor.start() > anchor.end() || anchor.end() > anchor.baseLength()) {
                throw new RejectedException(RejectCode.OUT_OF_RANGE);
            }
            if (!anchor.suggestion().startsWith(outbox + ".")) {
                throw new RejectedException(RejectCode.FOREIGN_ID);
            }
        } else if (operation instanceof Operation.Advance advance) {
            requireId(advance.key(), limits);
            if (advance.revision() < 0) {
                throw new RejectedException(RejectCode.MALFORMED);
            }
        }
    }

    static void check(Origin origin, Limits limits) throws RejectedException {
        for (String text : List.of(origin.onBehalfOf(), origin.run(), origin.model())) {
            if (text.length() > limits.idLengthMax() || !Text.isWellFormed(text)) {
                throw new RejectedException(RejectCode.MALFORMED);
            }
        }
    }

    private static void check(Operation.Command command, Limits limits) throws RejectedException {
        if (command instanceof Operation.StartRun start) {
            requireId(start.run(), limits);
        } else if (command instanceof Operation.AppendText append) {
            requireId(append.run(), limits);
            if (append.text().isEmpty()) {
                throw new RejectedException(RejectCode.MALFORMED);
            }
        } else if (command instanceof Operation.Link link) {
            requireId(link.visitor(), limits);
            if (link.visitorName().length() > limits.idLengthMax() || !Text.isWellFormed(link.visitorName())) {
                throw new RejectedException(RejectCode.MALFORMED);
            }
        }
    }

    private static void requireAttribute(String key, String value, Limits limits) throws RejectedException {
        requireId(key, limits);
        if (!Text.isWellFormed(value)) {
            throw new RejectedException(RejectCode.ILL_FORMED_TEXT);
        }
        if (value.length() > limits.attributeLengthMax()) {
            throw new RejectedException(RejectCode.TOO_LARGE);
        }
    }

    private static void requireRank(String rank) throws RejectedException {
        if (!Rank.isValid(rank)) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
    }

    private static void requireId(String id, Limits limits) throws RejectedException {
        if (id.isEmpty() || id.length() > limits.idLengthMax() || !Text.isWellFormed(id)) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
    }
}
