/**
 * What the RocksDB engine adds to the contract: faults of disk, files and process. Each test uses a folder of its own, some
 * a child process on it. It may look into the engine's files.
 */
@NullMarked
package dev.parley.gateway.store.rocksdb;

import org.jspecify.annotations.NullMarked;
