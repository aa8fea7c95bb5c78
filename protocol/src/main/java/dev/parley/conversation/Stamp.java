package dev.parley.conversation;

import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns a command into effects, at head: whoever decides order calls it with the state there. Whether the author may is not
 * asked here, but whether it can be meant. A new command is a new method here; replicas know effects only.
 */
public final class Stamp {
    private final ConversationState state;
    private final Earlier earlier;

    /** What was logged after the revision that a command was made on. */
    public interface Earlier {

        /** Whether an entry after the command's base edited the block and matches. */
        boolean edited(String block, Predicate<Entry> matches);
    }

    public Stamp(ConversationState state, Earlier earlier) {
        this.state = state;
        this.earlier = earlier;
    }

    /** Throws {@link RejectedException} for what cannot be meant at head. */
    public List<Effect> effects(Operation.Command command, Author author) throws RejectedException {
        if (command instanceof Operation.AppendText append) {
            return append(append);
        } else if (command instanceof Operation.PublishDraft publish) {
            return publish(publish, author);
        } else if (command instanceof Operation.MergeBlocks merge) {
            return merge(merge);
        } else if (command instanceof Operation.TakeOver takeOver) {
            return takeOver(block(takeOver.block()));
        } else if (command instanceof Operation.StartRun start) {
            return start(start);
        } else if (command instanceof Operation.FinishRun finish) {
            Block block = running(finish.block(), finish.run(), finish.fence());
            return List.of(Effect.PlaceAnchor.removal(block.id(), finish.run()));
        } else if (command instanceof Operation.AcceptSuggestion accept) {
            return accept(block(accept.block()));
        } else if (command instanceof Operation.DismissSuggestion dismiss) {
            return settle(block(dismiss.block()), Attributes.DISMISSED);
        } else if (command instanceof Operation.CloseConversation) {
            return List.of(set("", Attributes.STATE, Attributes.CLOSED));
        } else if (command instanceof Operation.ReopenConversation) {
            return List.of(set("", Attributes.STATE, Attributes.OPEN));
        } else if (command instanceof Operation.Redact redact) {
            return redact(block(redact.block()));
        } else if (command instanceof Operation.Link link) {
            return List.of(
                    set("", Attributes.VISITOR, link.visitor()), set("", Attributes.VISITOR_NAME, link.visitorName()));
        }
        throw new IllegalArgumentException("no effects of " + command);
    }

    private List<Effect> publish(Operation.PublishDraft publish, Author author) throws RejectedException {
        Block draft = block(publish.block());
        if (draft.kind() != BlockKind.DRAFT) {
            throw new RejectedException(RejectCode.BLOCK_PUBLISHED);
        }
        requireText(draft);
        if (draft.text().isEmpty()) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
        if (earlier.edited(draft.id(), edit -> isOtherHuman(edit.author(), author))) {
            throw new RejectedException(RejectCode.CHANGED);
        }
        if (publish.answers() > 0 && isAnsweredSince(publish.answers())) {
            throw new RejectedException(RejectCode.ANSWERED);
        }
        List<Effect> effects = new ArrayList<>();
        effects.add(new Effect.Reveal(draft.id(), draft.text().toString(), draft.attributes(), View.PUBLIC));
        effects.add(raisedFence(draft));
        return effects;
    }

    private static boolean isOtherHuman(Author editor, Author publisher) {
        return editor.role() != Role.ASSISTANT && !editor.is(publisher);
    }

    private boolean isAnsweredSince(long revision) {
        return state.blocks().stream()
                .anyMatch(block -> block.kind() == BlockKind.MESSAGE
                        && block.revision() > revision
                        && block.author().role().isStaff()
                        && block.author().role() != Role.ASSISTANT);
    }

    private List<Effect> merge(Operation.MergeBlocks merge) throws RejectedException {
        Block block = block(merge.block());
        Block into = block(merge.into());
        if (block.id().equals(into.id()) || block.kind() != into.kind() || block.audience() != into.audience()) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
        requireText(block);
        requireText(into);
        if (isRecalled(block) || isRecalled(into)) {
            throw new RejectedException(RejectCode.BLOCK_RECALLED);
        }
        int intoLength = into.text().length();
        int length = block.text().length();
        int separatorLength = intoLength > 0 && length > 0 ? 1 : 0;
        return List.of(new Effect.Retarget(
                block.id(), into.id(), intoLength, intoLength + separatorLength, length, block.audience()));
    }

    private static boolean isRecalled(Block block) {
        return block.attributes().containsKey(Attributes.RECALLED);
    }

    private static List<Effect> takeOver(Block draft) throws RejectedException {
        requireDraft(draft);
        List<Effect> effects = withoutRuns(draft);
        effects.add(raisedFence(draft));
        return effects;
    }

    private List<Effect> start(Operation.StartRun start) throws RejectedException {
        Block draft = state.block(start.block());
        List<Effect> effects = new ArrayList<>();
        int end = 0;
        if (draft == null) {
            effects.add(new Effect.Create(start.block(), BlockKind.DRAFT, View.STAFF, "", Attributes.NONE));
        } else {
            requireDraft(draft);
            effects.addAll(withoutRuns(draft));
            end = draft.text().length();
        }
        effects.add(draft == null ? set(start.block(), Attributes.FENCE, "1") : raisedFence(draft));
        effects.add(new Effect.PlaceAnchor(start.block(), start.run(), end, end, true, false, View.STAFF));
        return effects;
    }

    private List<Effect> append(Operation.AppendText append) throws RejectedException {
        Block block = running(append.block(), append.run(), append.fence());
        Anchor place = block.anchor(append.run());
        if (place == null) {
            throw new RejectedException(RejectCode.FENCED);
        }
        return List.of(new Effect.EditText(
                block.id(), block.text().length(), TextEdit.insert(place.start(), append.text()), View.STAFF));
    }

    /** The draft that a run still writes into. */
    private Block running(String id, String run, long fence) throws RejectedException {
        Block block = block(id);
        Anchor anchor = block.anchor(run);
        if (anchor == null || !anchor.run() || fenceOf(block) != fence || block.kind() != BlockKind.DRAFT) {
            throw new RejectedException(RejectCode.FENCED);
        }
        return block;
    }

    private static List<Effect> withoutRuns(Block block) {
        List<Effect> effects = new ArrayList<>();
        for (Anchor anchor : block.anchors()) {
            if (anchor.run()) {
                effects.add(Effect.PlaceAnchor.removal(block.id(), anchor.name()));
            }
        }
        return effects;
    }

    private static Effect raisedFence(Block block) {
        return set(block.id(), Attributes.FENCE, Long.toString(fenceOf(block) + 1));
    }

    private static long fenceOf(Block block) {
        return Long.parseLong(block.attributes().getOrDefault(Attributes.FENCE, "0"));
    }

    private List<Effect> accept(Block suggestion) throws RejectedException {
        List<Effect> effects = settle(suggestion, Attributes.ACCEPTED);
        Block target = target(suggestion);
        Anchor range = target == null ? null : target.anchor(suggestion.id());
        if (target == null || range == null || range.stale() || isRecalled(target)) {
            throw new RejectedException(RejectCode.STALE);
        }
        TextEdit edit = TextEdit.builder()
                .retain(range.start())
                .insert(suggestion.text())
                .delete(range.end() - range.start())
                .build();
        effects.add(0, new Effect.EditText(target.id(), target.text().length(), edit, target.audience()));
        return effects;
    }

    /** The suggestion gets its state, and its target loses the anchor. */
    private List<Effect> settle(Block suggestion, String outcome) throws RejectedException {
        if (suggestion.kind() != BlockKind.SUGGESTION) {
            throw new RejectedException(RejectCode.MALFORMED);
        }
        requireText(suggestion);
        if (suggestion.attributes().containsKey(Attributes.STATE)) {
            throw new RejectedException(RejectCode.STALE);
        }
        List<Effect> effects = new ArrayList<>();
        Block target = target(suggestion);
        if (target != null && target.anchor(suggestion.id()) != null) {
            effects.add(Effect.PlaceAnchor.removal(target.id(), suggestion.id()));
        }
        effects.add(set(suggestion.id(), Attributes.STATE, outcome));
        return effects;
    }

    /** The block that has the text now which the suggestion was made for. */
    private @Nullable Block target(Block suggestion) {
        return state.holder(suggestion.attributes().getOrDefault(Attributes.TARGET, ""));
    }

    /** With the blocks that were merged into it: their attributes are still there. */
    private List<Effect> redact(Block block) throws RejectedException {
        requireText(block);
        List<Effect> effects = new ArrayList<>();
        for (String id : Redaction.of(block.id(), state).blocks()) {
            effects.add(new Effect.Erase(id, block.audience()));
        }
        return effects;
    }

    private Block block(String id) throws RejectedException {
        Block block = state.block(id);
        if (block == null) {
            throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
        }
        return block;
    }

    private static void requireDraft(Block block) throws RejectedException {
        if (block.kind() != BlockKind.DRAFT) {
            throw new RejectedException(RejectCode.BLOCK_PUBLISHED);
        }
        requireText(block);
    }

    private static void requireText(Block block) throws RejectedException {
        if (block.erased()) {
            throw new RejectedException(RejectCode.BLOCK_ERASED);
        }
        if (block.isMerged()) {
            throw new RejectedException(RejectCode.BLOCK_MERGED);
        }
    }

    private static Effect.Set set(String target, String key, String value) {
        return new Effect.Set(target, key, value, false, View.STAFF);
    }
}
