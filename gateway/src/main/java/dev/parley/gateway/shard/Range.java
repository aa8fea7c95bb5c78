package dev.parley.gateway.shard;

/** Revisions in (from, to]. */
record Range(long from, long to) {}
