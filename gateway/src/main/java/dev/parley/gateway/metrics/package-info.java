/**
 * Meters, bound from outside to what the other packages count. Read on the scraping thread; imported by the wiring alone.
 */
@NullMarked
package dev.parley.gateway.metrics;

import org.jspecify.annotations.NullMarked;
