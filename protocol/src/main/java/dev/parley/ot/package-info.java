/**
 * The text algebra: edits over Unicode code points, and how concurrent ones are moved past each other. All of it is pure
 * and immutable, on any thread. It knows the JDK only: neither blocks nor conversations nor the wire.
 */
@NullMarked
package dev.parley.ot;

import org.jspecify.annotations.NullMarked;
