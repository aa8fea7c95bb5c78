package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.StoreOpenException;
import java.nio.file.Path;

/** Files of the store are not as they were written, so that opening it would lose entries without a word. */
public final class DamagedStoreException extends StoreOpenException {
    private static final long serialVersionUID = 1;

    DamagedStoreException(Path folder, String what) {
        super("the store in " + folder + " is damaged and was left as it is: " + what
                + "; restore a backup, or salvage a copy of the folder");
    }
}
