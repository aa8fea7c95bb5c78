/**
 * What every engine must promise, as one contract, and what tests of stores and of shards share: a writer of logs, a store
 * with faults, seeds. Used on the test's own thread unless a class says otherwise. It knows no engine but through the
 * interface.
 */
@NullMarked
package dev.parley.gateway.store;

import org.jspecify.annotations.NullMarked;
