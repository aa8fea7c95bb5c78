package dev.parley.gateway;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "serve", description = "Runs the gateway. It does not start without a token secret.")
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions options = new ServerOptions();

    @Mixin
    private SecretOption secret = new SecretOption();

    @Option(
            names = "--host",
            defaultValue = "${env:PARLEY_HOST:-0.0.0.0}",
            description = "address to listen on (default ${DEFAULT-VALUE}; PARLEY_HOST)")
    private String host = "";

    @Option(
            names = "--data",
            defaultValue = "${env:PARLEY_DATA}",
            description = "folder for the conversations (PARLEY_DATA)")
    private @Nullable Path data;

    @Override
    public Integer call() throws Exception {
        Path folder = data;
        if (folder == null) {
            if (StoreKind.of(options.store).equals(StoreKind.ROCKSDB)) {
                throw new IllegalArgumentException("--data (or PARLEY_DATA) has to name a folder");
            }
            folder = Path.of("");
        }
        return new Foreground(options.config(false, host, folder, secret.read())).run("");
    }
}
