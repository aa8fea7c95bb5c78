package dev.parley.load.compare;

/** How one server is spoken to. Made for one server process; on the generator's loop. */
interface Dialect {
    /** Path and query of the socket of this conversation's tabs. */
    String path(int conversation);

    /** Empty: none. */
    default String subprotocol() {
        return "";
    }

    Room room(Ledger ledger, Wire wire);

    /** One conversation: its first tab types, all of them hear. */
    interface Room {
        /** What the tab's socket leads to. {@code ready} is called once it takes part in the conversation. */
        Socket.Listener tab(int tab, Runnable ready);

        /** An operation was typed; its number is the ledger's. The first tab sends it, now or as soon as it may. */
        void type(long operation, long now);
    }
}
