package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFolderTest {
    @TempDir
    private Path folder;

    @Test
    void aFolderHasAFileForEachTenantWithRowsOfItsOwn() throws IOException {
        write("acme.txt", "edit-window-minutes 0");
        write("shop.example.txt", "PUBLISH DRAFT own * no yes yes yes yes");
        write("README.md", "not a policy");

        Map<String, PolicyTable> policies = PolicyFolder.read(folder);

        assertThat(policies).containsOnlyKeys("acme", "shop.example");
        assertThat(policies.get("acme")).extracting(PolicyTable::editWindow).isEqualTo(Duration.ZERO);
    }

    @Test
    void mistakesInSeveralFilesAreAllNamed() throws IOException {
        write("a.txt", "nonsense\n\n# fine\nmore nonsense");
        write("b.txt", "nonsense");
        Files.write(folder.resolve("c.txt"), new byte[] {(byte) 0xff});

        assertThatThrownBy(() -> PolicyFolder.read(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.resolve("a.txt") + ", line 1: ")
                .hasMessageContaining(folder.resolve("a.txt") + ", line 4: ")
                .hasMessageContaining(folder.resolve("b.txt") + ", line 1: ")
                .hasMessageContaining(folder.resolve("c.txt") + ": ");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
