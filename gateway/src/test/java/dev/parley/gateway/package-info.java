/** Tests of the whole: who imports whom, and what the command line says. */
@NullMarked
package dev.parley.gateway;

import org.jspecify.annotations.NullMarked;
