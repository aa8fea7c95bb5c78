const ANSWER_MILLIS_MAX = 10_000;

export type DemoRole = 'visitor' | 'agent' | 'admin';

/** Asks the gateway for a token, which it gives to anybody in demo mode. */
export async function demoToken(role: DemoRole, subject: string, name: string): Promise<string> {
  const response = await fetch(`demo/token?${new URLSearchParams({ role, subject, name }).toString()}`, {
    method: 'POST',
    signal: AbortSignal.timeout(ANSWER_MILLIS_MAX),
  });
  if (!response.ok) {
    throw new Error(`no token: ${response.status}`);
  }
  return response.text();
}

export function socketUrl(): string {
  const url = new URL('ws', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  url.hash = '';
  return url.href;
}
