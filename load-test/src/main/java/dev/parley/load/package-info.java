/**
 * Load on a gateway over its wire: clients with replicas, what they do, how it is measured, and the gateway as a child
 * process. All clients of a run live on one event loop, and so does everything that counts them. It speaks only the wire and
 * knows no class of the gateway.
 */
@NullMarked
package dev.parley.load;

import org.jspecify.annotations.NullMarked;
