/**
 * The same work on Parley and on servers that others made, side by side: a generator that costs less than what it loads, the
 * servers as child processes, and what their figures allow to say. A generator lives on one event loop; the rest is for the
 * thread that measures. It speaks only the wires and knows no class of the gateway.
 */
@NullMarked
package dev.parley.load.compare;

import org.jspecify.annotations.NullMarked;
