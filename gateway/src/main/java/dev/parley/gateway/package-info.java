/**
 * The gateway as a program: its command line, its configuration, and all wiring, by constructors. The one package that
 * knows every other; none knows it.
 */
@NullMarked
package dev.parley.gateway;

import org.jspecify.annotations.NullMarked;
