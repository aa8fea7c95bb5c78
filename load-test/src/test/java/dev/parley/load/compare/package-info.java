/** The generator against servers made by hand, right and broken, and what figures may say. */
@NullMarked
package dev.parley.load.compare;

import org.jspecify.annotations.NullMarked;
