/**
 * Scenarios that people who use Parley bring about, each a simulation of Gatling: how many come, what they do, and what has to
 * hold at the end. They are made by Gatling, by their names.
 */
@NullMarked
package dev.parley.load.simulation;

import org.jspecify.annotations.NullMarked;
