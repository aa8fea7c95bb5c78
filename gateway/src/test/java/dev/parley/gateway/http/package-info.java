/** Tests of the package of the same name. */
@NullMarked
package dev.parley.gateway.http;

import org.jspecify.annotations.NullMarked;
