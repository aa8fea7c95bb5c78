package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.StoreOpenException;
import java.nio.file.Path;

/** Another gateway has the folder open. */
public final class StoreInUseException extends StoreOpenException {
    private static final long serialVersionUID = 1;

    StoreInUseException(Path folder) {
        super("another gateway uses the store in " + folder + "; each gateway needs a folder of its own");
    }
}
