/** Tests of the package of the same name. */
@NullMarked
package dev.parley.gateway.session;

import org.jspecify.annotations.NullMarked;
