/**
 * The embedded store: logs, outbox rows and indexes in one RocksDB, in families whose keys sort as the interface promises.
 * Appends run on one committer thread, reads on a few reader threads; callers only queue. It knows rows and files, not
 * what an entry means, and nothing outside of this package sees a native object.
 */
@NullMarked
package dev.parley.gateway.store.rocksdb;

import org.jspecify.annotations.NullMarked;
