/**
 * Plain HTTP on the gateway's port: the API, health, metrics and, in demo mode, the demo's pages and tokens. On the event
 * loops, so nothing here blocks. It asks the shards as a socket does, and decides neither order nor permission.
 */
@NullMarked
package dev.parley.gateway.http;

import org.jspecify.annotations.NullMarked;
