/** What the Redis engine adds to the contract, against servers of the tests' own: faults of processes and connections. */
@NullMarked
package dev.parley.gateway.store.redis;

import org.jspecify.annotations.NullMarked;
