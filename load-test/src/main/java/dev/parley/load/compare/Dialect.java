package dev.parley.load.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one server is spoken to. Made for one server process; on the generator's loop. */
interface Dialect {
    /** Path and query of the socket of this conversation's tabs. */
    String path(int conversation);

    /** Empty: none. */
    default String subprotocol() {
        return "";
    }

    Room room(Ledger ledger, Wire wire);

    /** Only where {@link ServerKind#isShared}. The number is that of the text; the ledgers are the writers'. */
    default Draft draft(int number, List<Ledger> writers, Wire wire) {
        throw new UnsupportedOperationException("nothing is shared there");
    }

    /** One conversation: its first tab types, all of them hear. */
    interface Room {
        /** What the tab's socket leads to. {@code ready} is called once it takes part in the conversation. */
        Socket.Listener tab(int tab, Runnable ready);

        /** An operation was typed; its number is the ledger's. The first tab sends it, now or as soon as it may. */
        void type(long operation, long now);
    }

    /** One text that several write at once, each at its own place in it. */
    interface Draft {
        /** Who makes what the text is in and leaves before anybody writes; null if the first writer does that. */
        default Socket.@Nullable Listener maker(Runnable made) {
            return null;
        }

        /** What the writer's socket leads to. {@code ready} is called once it takes part; the first one makes the text. */
        Socket.Listener writer(int number, Runnable ready);

        /** The writer strikes a key; the operation's number is its ledger's. It is sent now or as soon as it may. */
        void type(int writer, long operation, long now);
    }
}
