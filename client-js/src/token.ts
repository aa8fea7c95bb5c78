import { fromBase64Url } from './bytes.ts';
import type { Author, Role } from './wire/wire.ts';

/** Whose token it is, as far as the client may believe it: only the gateway verifies. */
export interface Claims {
  readonly tenant: string;
  readonly author: Author;
  readonly expiresAtMillis: number;
}

const USE_MILLIS_MAX = 10_000;
const ROLES: readonly Role[] = ['VISITOR', 'AGENT', 'ADMIN', 'ASSISTANT', 'SERVICE'];

/** Reads a JSON Web Token without verifying it; undefined for anything else. */
export function claimsOf(token: string): Claims | undefined {
  const [, payload] = token.split('.');
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(payload ?? '')));
    return claims !== null && typeof claims === 'object' ? claimsFrom(claims) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it will not have expired before it is used. */
export function isGood(token: string, nowMillis: number): boolean {
  return nowMillis < (claimsOf(token)?.expiresAtMillis ?? 0) - USE_MILLIS_MAX;
}

/** Whom a browser keeps apart; empty if that is not told. */
export function principalOf(claims: Claims | undefined): string {
  return claims ? `${claims.tenant}/${claims.author.subject}` : '';
}

function claimsFrom(claims: Partial<Record<'tenant' | 'sub' | 'role' | 'name' | 'exp', unknown>>): Claims | undefined {
  const { tenant, sub, role, name, exp } = claims;
  if (typeof sub !== 'string') {
    return undefined;
  }
  return {
    tenant: text(tenant),
    author: {
      subject: sub,
      role: ROLES.find((known) => known === text(role).toUpperCase()) ?? 'ROLE_UNSPECIFIED',
      name: text(name),
    },
    expiresAtMillis: typeof exp === 'number' ? exp * 1_000 : Infinity,
  };
}

function text(claim: unknown): string {
  return typeof claim === 'string' ? claim : '';
}
