package dev.parley.conversation;

/** Why a submission was answered for good without becoming an entry. */
public enum RejectCode {
    /** The role may not do this to this block, now. */
    FORBIDDEN,
    UNKNOWN_BLOCK,
    BLOCK_EXISTS,
    /** A created block's id does not begin with the sender's outbox id. */
    FOREIGN_ID,
    /** The draft was published after the edit's base. */
    BLOCK_PUBLISHED,
    /** The client counted another length of the text at its base. */
    LENGTH_MISMATCH,
    /** The edit reaches past the end of the text. */
    OUT_OF_RANGE,
    NOT_CANONICAL,
    ILL_FORMED_TEXT,
    TOO_LARGE,
    UNKNOWN_OPERATION,
    /** Empty, several commands, or a field that is missing or out of its bounds. */
    MALFORMED,
    /** Someone else edited the draft after the publisher's base, or the conversation is not where the author expected. */
    CHANGED,
    BLOCK_ERASED,
    /** Its text is in another block now, or would be in its own. */
    BLOCK_MERGED,
    BLOCK_RECALLED,
    /** A human took over, or a later run did. */
    FENCED,
    /** What the suggestion would replace is gone. */
    STALE,
    /** A human answered after the revision that the assistant answers. */
    ANSWERED,
    CONVERSATION_FULL
}
