package dev.parley.gateway.presence;

/** A selection in a block's text at a revision, in code points. {@code end} is where the caret is. */
public record Cursor(String block, int start, int end, long revision) {}
