/**
 * The store that keeps nothing: a plain model of what a store promises, for tests and simulations. It completes on the
 * executor it is given. It shares no code with the engines that it is compared with.
 */
@NullMarked
package dev.parley.gateway.store.memory;

import org.jspecify.annotations.NullMarked;
