package dev.parley.gateway.session;

/**
 * What a node tells of an account: the connections that it has there, the operations that were let through there since the
 * node told last, and how many are missing in its bucket there. {@code asks}: it is new there, and whoever knows of it shall
 * tell.
 */
record AccountRow(AccountName name, int connections, int passed, int spent, boolean asks) {}
