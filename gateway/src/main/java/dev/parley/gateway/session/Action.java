package dev.parley.gateway.session;

/** What somebody may or may not do to something: the first column of the policy. */
public enum Action {
    OPEN,
    CREATE,
    EDIT,
    MOVE,
    RECALL,
    PIN,
    REACT,
    TAG,
    ATTRIBUTE,
    ASSIGN,
    TITLE,
    MARK,
    SUGGEST,
    PUBLISH,
    MERGE,
    TAKE_OVER,
    SETTLE,
    RUN,
    CLOSE,
    REOPEN,
    REDACT,
    LINK,
    VISIT,
    WATCH,
    ARRANGE
}
