/** The command line of the load test: what a run is loaded with, and how it ends. On the main thread. */
@NullMarked
package dev.parley.load.command;

import org.jspecify.annotations.NullMarked;
