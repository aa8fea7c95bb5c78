/** Histories made by hand, right and broken: what the judge must and must not find. Knows the wire's messages alone. */
@NullMarked
package dev.parley.load.check;

import org.jspecify.annotations.NullMarked;
