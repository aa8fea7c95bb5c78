package dev.parley.gateway.store;

/** What an acknowledged entry survives. */
public enum Durability {
    /** The death of the gateway's process. */
    PROCESS,
    /** A power cut. */
    DISK,
    /** The loss of a node: another has it too. */
    REPLICA
}
