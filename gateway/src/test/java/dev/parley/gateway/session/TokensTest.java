package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.PlainHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
    private static final String SECRET = "a secret of more than thirty-two bytes, for tests";
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann 安");

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Tokens tokens = new Tokens(SECRET, clock(), 64);

    @Test
    void aMintedTokenVerifiesToItsPrincipal() throws TokenException {
        Principal principal = tokens.verify(tokens.mint("shop", ANN, Duration.ofHours(1)));

        assertThat(principal)
                .isEqualTo(new Principal("shop", ANN, now.plusSeconds(3600).toEpochMilli()));
    }

    @Test
    void anExpiredTokenSaysSo() {
        String token = tokens.mint("shop", ANN, Duration.ofSeconds(5));
        now = now.plusSeconds(5);

        assertThatThrownBy(() -> tokens.verify(token))
                .isInstanceOfSatisfying(
                        TokenException.class, e -> assertThat(e.isExpired()).isTrue());
    }

    @Test
    void aTokenOfAnotherSecretIsRefused() {
        String token = new Tokens(SECRET + "!", () -> now, 64).mint("shop", ANN, Duration.ofHours(1));

        assertRefused(token);
    }

    @Test
    void aTokenWithoutSignatureIsRefused() {
        assertRefused(new PlainJWT(new PlainHeader(), claims().build()).serialize());
    }

    @Test
    void theAlgorithmIsPinned() throws JOSEException {
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS384), claims().build());
        token.sign(new MACSigner(SECRET.substring(0, 48)));

        assertRefused(token.serialize());
    }

    @Test
    void aTokenThatNeverExpiresIsRefused() throws JOSEException {
        assertRefused(signed(claims().expirationTime(null).build()));
    }

    @Test
    void aTokenThatIsNotValidYetIsRefused() throws JOSEException {
        assertRefused(
                signed(claims().notBeforeTime(Date.from(now.plusSeconds(60))).build()));
    }

    @Test
    void aTokenWithAnUnknownRoleIsRefused() throws JOSEException {
        assertRefused(signed(claims().claim("role", "root").build()));
    }

    @Test
    void aTokenWithoutTenantIsRefused() throws JOSEException {
        assertRefused(signed(claims().claim("tenant", null).build()));
    }

    @Test
    void aSubjectWithAControlCharacterIsRefused() throws JOSEException {
        assertRefused(signed(claims().subject("ann\nadmin").build()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "xy", "a.b", "a.b.c", "....", "e30.e30.e30", "ey\u0000.x.y"})
    void garbageIsRefused(String garbage) {
        assertRefused(garbage);
    }

    @Test
    void aHugeTokenIsRefusedUnread() {
        assertRefused("a".repeat(100_000));
    }

    @Test
    void aShortSecretIsNotAccepted() {
        assertThatThrownBy(() -> new Tokens("short", () -> now, 64)).isInstanceOf(IllegalArgumentException.class);
    }

    private InstantSource clock() {
        return () -> now;
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .claim("tenant", "shop")
                .subject("ann")
                .claim("role", "agent")
                .expirationTime(Date.from(now.plusSeconds(60)));
    }

    private static String signed(JWTClaimsSet claims) throws JOSEException {
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        token.sign(new MACSigner(SECRET));
        return token.serialize();
    }

    private void assertRefused(String token) {
        assertThatThrownBy(() -> tokens.verify(token)).isInstanceOfSatisfying(TokenException.class, e -> {
            assertThat(e.isExpired()).isFalse();
            if (!token.isEmpty()) {
                assertThat(e.getMessage()).doesNotContain(token);
            }
        });
    }
}
