/** What the model in memory adds to the contract: time under the test's control. All on the test's own thread. */
@NullMarked
package dev.parley.gateway.store.memory;

import org.jspecify.annotations.NullMarked;
