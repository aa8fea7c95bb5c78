package dev.parley.load.compare;

/**
 * What one round found of a quantity.
 *
 * @param isQuiet whether hardly anything else ran meanwhile
 * @param isBound whether the generator was full, so that there may be more to the server
 * @param fault why it must not be concluded from; empty: it may
 */
record Sample(ServerKind server, Quantity quantity, double value, boolean isQuiet, boolean isBound, String fault) {}
