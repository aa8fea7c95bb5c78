/** Tests of the shards, most of them in one thread under one seed. */
@NullMarked
package dev.parley.gateway.shard;

import org.jspecify.annotations.NullMarked;
