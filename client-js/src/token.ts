import { fromBase64Url } from './bytes.ts';
import type { Author, Role } from './wire/wire.ts';

/** Whose token it is, as far as the client may believe it: only the gateway verifies. */
export interface Claims {
  readonly tenant: string;
  readonly author: Author;
}

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

/** Whom a browser keeps apart; empty if that is not told. */
export function principalOf(claims: Claims | undefined): string {
  return claims ? `${claims.tenant}/${claims.author.subject}` : '';
}

function claimsFrom(claims: { tenant?: unknown; sub?: unknown; role?: unknown; name?: unknown }): Claims | undefined {
  const { tenant, sub, role, name } = claims;
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
  };
}

function text(claim: unknown): string {
  return typeof claim === 'string' ? claim : '';
}
