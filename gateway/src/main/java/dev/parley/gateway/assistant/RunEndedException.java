package dev.parley.gateway.assistant;

import java.io.IOException;

/** The run ended before its text did: somebody took over. */
final class RunEndedException extends IOException {
    private static final long serialVersionUID = 1;
}
