/**
 * The judge of a run: from what each client recorded and from the log as it was read back, whether anything was lost,
 * doubled, reordered, shown to the wrong side or left different between screens. Pure functions and plain records for any
 * thread; histories are written by one thread and read when it has stopped. It knows the wire's messages and nothing of how
 * the gateway or the clients make use of them: states are computed here a second time, slowly.
 */
@NullMarked
package dev.parley.load.check;

import org.jspecify.annotations.NullMarked;
