package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Operation;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.RejectedException;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Policy.Asker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the author of a submission may do: every method that requires throws where the {@link Policy} says no. A block that
 * the author may not see is to them one that there is not.
 */
record Permission(Policy policy, Asker asker) {

    Block visible(@Nullable Block block) throws RejectedException {
        if (block == null || !asker.author().role().view().sees(block.audience())) {
            throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
        }
        return block;
    }

    void require(Operation.Command command, @Nullable Block block) throws RejectedException {
        require(policy.may(asker, command, block));
    }

    /** Who accepts a suggestion edits its target. */
    void requireEdits(List<Effect> effects) throws RejectedException {
        for (Effect effect : effects) {
            if (effect instanceof Effect.EditText edit) {
                require(policy.mayEdit(asker, visible(asker.state().block(edit.block()))));
            }
        }
    }

    /** {@code before}: the effect's target as {@code trial} has it. */
    void require(Effect effect, @Nullable Block before, ConversationState.Trial trial) throws RejectedException {
        if (effect instanceof Effect.Create create) {
            require(policy.may(asker, create));
            return;
        }
        if (effect instanceof Effect.Set set && set.target().isEmpty()) {
            require(policy.maySetOnConversation(asker, set));
            return;
        }
        Block block = visible(before);
        if (effect instanceof Effect.Set set) {
            require(policy.maySet(asker, set, block));
        } else if (effect instanceof Effect.EditText) {
            require(policy.mayEdit(asker, block));
        } else if (effect instanceof Effect.Move) {
            require(policy.mayMove(asker, block));
        } else if (effect instanceof Effect.PlaceAnchor anchor) {
            require(policy.maySuggest(asker, block, trial.block(anchor.name())));
        }
    }

    private static void require(boolean permitted) throws RejectedException {
        if (!permitted) {
            throw new RejectedException(RejectCode.FORBIDDEN);
        }
    }

    /** Who may see the effect. */
    static View audience(Effect effect, @Nullable Block block) {
        if (effect instanceof Effect.Create create) {
            return create.audience();
        }
        if (effect instanceof Effect.Reveal) {
            return View.PUBLIC;
        }
        if (effect instanceof Effect.Set set && !Attributes.isPublic(set.key())) {
            return View.STAFF;
        }
        if (effect instanceof Effect.PlaceAnchor
                || (block == null && !effect.target().isEmpty())) {
            return View.STAFF;
        }
        return block == null ? View.PUBLIC : block.audience();
    }
}
