import type { Author } from '../../src/index.ts';

export interface Version {
  readonly revision: number;
  readonly time: string;
  readonly author: Author;
  /** Left out of what people did. */
  readonly source?: 'HUMAN' | 'AI' | 'BACKEND';
  readonly model?: string;
  readonly text?: string;
  /** From the version before: retained lengths, inserted texts, deleted lengths as `d`. */
  readonly edit?: readonly (number | string | { readonly d: number })[];
  readonly authorship?: readonly { readonly start: number; readonly end: number; readonly author: Author }[];
}

/** What the desk asks the gateway over HTTP. */
export class DeskApi {
  constructor(private readonly token: () => Promise<string>) {}

  async versions(conversation: string, block: string): Promise<readonly Version[]> {
    const path = `${encodeURIComponent(conversation)}/blocks/${encodeURIComponent(block)}/versions`;
    const answer = (await this.ask('GET', path)) as { readonly versions?: readonly Version[] };
    return answer.versions ?? [];
  }

  /** Lets the assistant draft an answer, which then grows in a draft. */
  async assist(conversation: string): Promise<void> {
    await this.ask('POST', `${encodeURIComponent(conversation)}/assist`);
  }

  private async ask(method: string, path: string): Promise<unknown> {
    const response = await fetch(`v1/conversations/${path}`, {
      method,
      headers: { Authorization: `Bearer ${await this.token()}` },
    });
    if (!response.ok) {
      throw new Error(`${method} ${response.status}`);
    }
    return response.json();
  }
}
