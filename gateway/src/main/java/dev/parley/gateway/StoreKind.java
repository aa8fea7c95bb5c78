package dev.parley.gateway;

/** Where logs are kept: in the data folder, in memory, or in the Redis that a URI names, which other gateways share. */
public record StoreKind(String name) {
    public static final StoreKind ROCKSDB = new StoreKind("rocksdb");
    public static final StoreKind MEMORY = new StoreKind("memory");

    /** Throws {@link IllegalArgumentException} if it is none of them. */
    public static StoreKind of(String name) {
        StoreKind kind = new StoreKind(name);
        if (!kind.equals(ROCKSDB) && !kind.equals(MEMORY) && !kind.isRedis()) {
            throw new IllegalArgumentException(
                    "--store " + kind + " is not rocksdb, memory or a URI of Redis: redis://HOST:PORT,"
                            + " redis-sentinel://HOST:PORT,HOST:PORT#NAME or redis-cluster://HOST:PORT,HOST:PORT");
        }
        return kind;
    }

    public boolean isRedis() {
        return name.matches("redis(s|-sentinel|s-sentinel|-cluster|s-cluster)?://.+");
    }

    /** Without the password of a URI. */
    @Override
    public String toString() {
        return name.replaceFirst("://.*@", "://(hidden)@");
    }
}
