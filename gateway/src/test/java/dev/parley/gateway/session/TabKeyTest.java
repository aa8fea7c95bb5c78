package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class TabKeyTest {
    private static final String SECRET = "a secret of more than thirty-two bytes, for tests";
    private static final Principal VERA = principal("shop", "vera", Role.VISITOR);

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void everyNodeGivesEveryTabOfAPrincipalTheSame() {
        TabKey key = key(SECRET, VERA);
        now = now.plus(Duration.ofHours(11));
        TabKey later = key(SECRET, principal("shop", "vera", Role.VISITOR));

        assertThat(later.id()).isEqualTo(key.id());
        assertThat(later.key()).isEqualTo(key.key()).hasSize(32);
        assertThat(later.expiresAtMillis()).isEqualTo(key.expiresAtMillis());
    }

    @Test
    void whenItHasExpiredThereIsAnother() {
        TabKey key = key(SECRET, VERA);
        assertThat(Instant.ofEpochMilli(key.expiresAtMillis())).isEqualTo(Instant.parse("2026-03-02T00:00:00Z"));
        now = Instant.ofEpochMilli(key.expiresAtMillis() - 1);
        assertThat(key(SECRET, VERA).id()).isEqualTo(key.id());
        now = now.plusMillis(1);
        TabKey next = key(SECRET, VERA);

        assertThat(next.key()).isNotEqualTo(key.key());
        assertThat(next.id()).isNotEqualTo(key.id());
        assertThat(next.expiresAtMillis())
                .isEqualTo(key.expiresAtMillis() + Duration.ofDays(1).toMillis());
    }

    @Test
    void noTwoPrincipalsAndNoTwoSecretsShareOne() {
        List<TabKey> keys = new ArrayList<>();
        keys.add(key(SECRET, VERA));
        keys.add(key(SECRET + "!", VERA));
        keys.add(key(SECRET, principal("shop", "victor", Role.VISITOR)));
        keys.add(key(SECRET, principal("shopvera", "", Role.VISITOR)));
        keys.add(key(SECRET, principal("shopv", "era", Role.VISITOR)));
        keys.add(key(SECRET, principal("vera", "shop", Role.VISITOR)));

        assertThat(keys).extracting(TabKey::id).doesNotHaveDuplicates();
        assertThat(keys)
                .extracting(key -> Base64.getEncoder().encodeToString(key.key()))
                .doesNotHaveDuplicates();
    }

    @Test
    void itIsNotInWhatMayBeLogged() {
        TabKey key = key(SECRET, VERA);

        assertThat(key.toString())
                .contains(key.id())
                .doesNotContain(Base64.getUrlEncoder().withoutPadding().encodeToString(key.key()))
                .doesNotContain("[B@");
    }

    private TabKey key(String secret, Principal principal) {
        return new Tokens(secret, () -> now, 64).tabKey(principal);
    }

    private static Principal principal(String tenant, String subject, Role role) {
        return new Principal(tenant, new Author(subject, role, ""), Long.MAX_VALUE);
    }
}
