/**
 * System tests: a gateway as a child process, clients on its wire, and faults between them. Tests run on their own thread and
 * reach clients through the event loop these live on. Nothing here knows a class of the gateway.
 */
@NullMarked
package dev.parley.load;

import org.jspecify.annotations.NullMarked;
