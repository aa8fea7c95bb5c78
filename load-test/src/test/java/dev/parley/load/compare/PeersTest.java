package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The servers of others are pinned in one place, and held against it in another. */
final class PeersTest {
    private static final Path FOLDER = Path.of("compare");

    @ParameterizedTest
    @EnumSource
    void aServerHasToRunWithWhatIsInstalledForIt(ServerKind kind) throws IOException {
        if (!kind.isInstalled()) {
            return;
        }
        String pinned = Files.readString(FOLDER.resolve("package.json"));
        for (String each : kind.configuration().split(" ", -1)) {
            String name = each.substring(0, each.lastIndexOf('='));
            String version = each.substring(each.lastIndexOf('=') + 1);
            assertThat(pinned).contains("\"" + name + "\": \"" + version + "\"");
        }
        assertThat(FOLDER.resolve("servers").resolve(kind.label() + ".mjs")).exists();
    }

    @Test
    void noVersionIsARange() throws IOException {
        assertThat(Files.readString(FOLDER.resolve("package.json"))).doesNotContainPattern("\"[~^*<>=]");
    }
}
