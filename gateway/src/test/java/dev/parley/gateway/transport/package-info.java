/** Tests of the package of the same name. */
@NullMarked
package dev.parley.gateway.transport;

import org.jspecify.annotations.NullMarked;
