package dev.parley.gateway.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.ot.Text;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Mints and verifies tokens: JWTs under HS256 with the claims {@code tenant}, {@code sub}, {@code role}, {@code name}
 * (optional) and {@code exp}. The algorithm is pinned here and never taken from the token. What else follows from the secret
 * is derived here too. For any thread.
 */
public final class Tokens {
    /** HS256 wants a key at least as long as its hash. */
    public static final int SECRET_BYTES_MIN = 32;

    private static final int TOKEN_LENGTH_MAX = 8 * 1024;

    private final byte[] secret;
    private final InstantSource clock;
    private final int idLengthMax;

    /** Throws {@link IllegalArgumentException} for a secret that is too short. */
    public Tokens(String secret, InstantSource clock, int idLengthMax) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.clock = clock;
        this.idLengthMax = idLengthMax;
        if (this.secret.length < SECRET_BYTES_MIN) {
            throw new IllegalArgumentException("the token secret needs at least " + SECRET_BYTES_MIN + " bytes");
        }
    }

    public String mint(String tenant, Author author, Duration lifetime) {
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .claim("tenant", tenant)
                        .subject(author.subject())
                        .claim("role", author.role().name().toLowerCase(Locale.ROOT))
                        .claim("name", author.name())
                        .expirationTime(Date.from(clock.instant().plus(lifetime)))
                        .build());
        try {
            token.sign(new MACSigner(secret));
        } catch (JOSEException e) {
            throw new IllegalStateException("HS256 is not available", e);
        }
        return token.serialize();
    }

    public Principal verify(String token) throws TokenException {
        if (token.isEmpty() || token.length() > TOKEN_LENGTH_MAX) {
            throw new TokenException("no token, or one of " + token.length() + " characters", false);
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) || !jwt.verify(new MACVerifier(secret))) {
                throw new TokenException("the signature does not verify", false);
            }
            return principal(jwt.getJWTClaimsSet());
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            throw new TokenException("not a token: " + e.getClass().getSimpleName(), false);
        }
    }

    /** The same for every tab of the tenant's subject, on every gateway with the same secret. */
    public TabKey tabKey(Principal principal) {
        return TabKey.derive(secret, principal, clock.millis());
    }

    private Principal principal(JWTClaimsSet claims) throws ParseException, TokenException {
        Instant expires = instant(claims.getExpirationTime());
        if (expires == null) {
            throw new TokenException("the token has no exp", false);
        }
        if (!clock.instant().isBefore(expires)) {
            throw new TokenException("the token has expired", true);
        }
        Instant notBefore = instant(claims.getNotBeforeTime());
        if (notBefore != null && clock.instant().isBefore(notBefore)) {
            throw new TokenException("the token is not valid yet", false);
        }
        String name = claims.getStringClaim("name");
        Author author = new Author(
                id(claims.getSubject(), "sub"),
                role(id(claims.getStringClaim("role"), "role")),
                name == null || name.isEmpty() ? "" : id(name, "name"));
        return new Principal(id(claims.getStringClaim("tenant"), "tenant"), author, expires.toEpochMilli());
    }

    @SuppressWarnings("JavaUtilDate") // what the claims hold
    private static @Nullable Instant instant(@Nullable Date date) {
        return date == null ? null : date.toInstant();
    }

    private static Role role(String role) throws TokenException {
        for (Role known : Role.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(role)) {
                return known;
            }
        }
        throw new TokenException("the token has an unknown role", false);
    }

    private String id(@Nullable String value, String claim) throws TokenException {
        if (value == null
                || value.isEmpty()
                || value.length() > idLengthMax
                || hasControl(value)
                || !Text.isWellFormed(value)) {
            throw new TokenException("the token's claim " + claim + " is missing or not usable", false);
        }
        return value;
    }

    private static boolean hasControl(String value) {
        return value.chars().anyMatch(Character::isISOControl);
    }
}
