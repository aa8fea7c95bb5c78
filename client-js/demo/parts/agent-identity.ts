import { Stored } from './stored.ts';
import type { DemoRole } from './demo-token.ts';
import type { Identity } from './visitor-identity.ts';

export interface AgentIdentity extends Identity {
  readonly role: DemoRole;
}

const NAME_LENGTH_MAX = 64;
/** Whoever has this name may also redact, and change what others wrote. */
const ADMIN = 'dana';
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;

const stored = new Stored(() => sessionStorage, 'parley-demo-agent');

/** The agent that the address names, or else the one that was picked in this tab. */
export async function agentIdentity(): Promise<AgentIdentity | undefined> {
  const asked = new URLSearchParams(location.search).get('agent')?.trim() ?? '';
  const name = asked === '' ? stored.get() : asked;
  return name === undefined ? undefined : pickAgent(name);
}

/** The same name gives the same agent, everywhere. */
export async function pickAgent(name: string): Promise<AgentIdentity> {
  const shown = Array.from(name.trim())
    .slice(0, NAME_LENGTH_MAX / 2)
    .join('');
  stored.set(shown);
  if (PLAIN.test(shown)) {
    const subject = shown.toLowerCase();
    const role = subject === ADMIN ? 'admin' : 'agent';
    return { subject, name: shown.charAt(0).toUpperCase() + shown.slice(1), role };
  }
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(shown));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { subject: `agent-${hex.slice(0, 32)}`, name: shown, role: 'agent' };
}

export function forgetAgent(): void {
  stored.remove();
}
