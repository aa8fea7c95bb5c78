/**
 * Parley as a protocol of Gatling: people whom virtual users play, the steps of a scenario that they do, and what these took.
 * Gatling runs scenarios on its own event loops; all clients of a run, and everything that counts them, live on one event loop
 * beside those, as in every other load. It knows nothing of a simulation.
 */
@NullMarked
package dev.parley.load.gatling;

import org.jspecify.annotations.NullMarked;
