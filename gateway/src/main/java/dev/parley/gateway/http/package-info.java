/**
 * Plain HTTP on the gateway's port: health, metrics and, in demo mode, the demo's pages and tokens. On the event loops, so
 * nothing here blocks. It knows neither shards nor conversations.
 */
@NullMarked
package dev.parley.gateway.http;

import org.jspecify.annotations.NullMarked;
