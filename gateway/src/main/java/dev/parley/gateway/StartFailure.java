package dev.parley.gateway;

import dev.parley.gateway.store.StoreOpenException;
import java.net.BindException;
import org.slf4j.LoggerFactory;

/** What an operator is told when a command fails. */
final class StartFailure {
    private StartFailure() {}

    static String message(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreOpenException || cause instanceof IllegalArgumentException) {
                return String.valueOf(cause.getMessage());
            }
            if (cause instanceof BindException) {
                return cause.getMessage() + ". Another gateway may be running; choose another --port";
            }
        }
        LoggerFactory.getLogger(StartFailure.class).error("unexpected", failure);
        return String.valueOf(failure.getMessage());
    }
}
