package dev.parley.gateway.assistant;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.Block;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.ot.Component;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How far a run came: {@code written} code points, under {@code fence}. */
public record RunStatus(String run, String block, long fence, int written, State state) {

    /** What may still happen. */
    public enum State {
        /** It may go on. */
        OPEN,
        FINISHED,
        /** A human took over, or a later run did. */
        INTERRUPTED
    }

    RunStatus as(State other) {
        return new RunStatus(run, block, fence, written, other);
    }

    /** From the anchor of a run that may go on; null if there is none. */
    static @Nullable RunStatus ofOpen(String run, Collection<Block> blocks) {
        for (Block block : blocks) {
            Anchor anchor = block.anchor(run);
            if (anchor != null && anchor.run()) {
                return new RunStatus(
                        run,
                        block.id(),
                        fenceOf(block.attributes().get(Attributes.FENCE)),
                        anchor.written(),
                        State.OPEN);
            }
        }
        return null;
    }

    private static long fenceOf(@Nullable String fence) {
        return fence == null ? 0 : Long.parseLong(fence);
    }

    /**
     * Of any run: where it is not open any more, from the log, backwards from its last entry. Completes on a thread of the
     * store, with null if there never was such a run.
     */
    public static CompletionStage<@Nullable RunStatus> find(
            RunName name, Collection<Block> blocks, List<OutboxRow> rows, long head, OperationStore store) {
        RunStatus open = ofOpen(name.run(), blocks);
        OutboxRow row = rows.stream()
                .filter(each -> each.outbox().equals(name.outbox()))
                .findFirst()
                .orElse(null);
        if (open != null || row == null) {
            return CompletableFuture.completedFuture(open);
        }
        return new Log(name, store).backwards(row.acceptedRevision() > 0 ? row.acceptedRevision() : head);
    }

    /** The entries of one run. */
    private static final class Log {
        private static final int PIECE = 100;

        private final RunName name;
        private final String outbox;
        private final OperationStore store;
        private int written;
        private boolean finished;

        Log(RunName name, OperationStore store) {
            this.name = name;
            this.outbox = name.outbox();
            this.store = store;
        }

        CompletionStage<@Nullable RunStatus> backwards(long to) {
            if (to <= 0) {
                return CompletableFuture.completedFuture(null);
            }
            long from = Math.max(0, to - PIECE);
            return store.read(name.key(), from, to).thenCompose(piece -> {
                for (int i = piece.size() - 1; i >= 0; i--) {
                    RunStatus status = read(piece.get(i));
                    if (status != null) {
                        return CompletableFuture.completedFuture(status);
                    }
                }
                return piece.isEmpty() ? CompletableFuture.completedFuture(null) : backwards(from);
            });
        }

        private @Nullable RunStatus read(LoggedEntry logged) {
            Entry entry = logged.entry();
            if (!entry.submission().outbox().equals(outbox)) {
                return null;
            }
            if (entry.command().equals(Operation.FinishRun.class.getSimpleName())) {
                finished = true;
            }
            for (Effect effect : entry.effects()) {
                if (effect instanceof Effect.EditText edit) {
                    written += inserted(edit);
                } else if (effect instanceof Effect.Set set && set.key().equals(Attributes.FENCE)) {
                    return new RunStatus(
                            name.run(),
                            set.target(),
                            fenceOf(set.value()),
                            written,
                            finished ? State.FINISHED : State.INTERRUPTED);
                }
            }
            return null;
        }

        private static int inserted(Effect.EditText edit) {
            return edit.edit().components().stream()
                    .filter(component -> component.kind() == Component.Kind.INSERT)
                    .mapToInt(Component::length)
                    .sum();
        }
    }
}
