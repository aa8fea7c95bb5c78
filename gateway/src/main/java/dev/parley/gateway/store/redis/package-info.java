/**
 * What many gateways share: logs, outbox rows and indexes in Redis, through Lettuce. Calls come from any thread and never
 * block; replies are decoded on Lettuce's threads or on a few of the store's own. It knows keys and scripts, not what an
 * entry means, and nothing outside of this package sees a command.
 */
@NullMarked
package dev.parley.gateway.store.redis;

import org.jspecify.annotations.NullMarked;
