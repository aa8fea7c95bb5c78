/** Tests of runs, in one thread with a clock of their own, and of the assistants. */
@NullMarked
package dev.parley.gateway.assistant;

import org.jspecify.annotations.NullMarked;
