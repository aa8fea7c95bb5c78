/**
 * What the hot path costs, in time and in allocation: run with the Maven profile {@code benchmark}. Each class is on the
 * threads of the harness.
 */
@NullMarked
package dev.parley.benchmark;

import org.jspecify.annotations.NullMarked;
