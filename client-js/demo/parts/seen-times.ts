import { Stored } from './stored.ts';

const CONVERSATIONS_MAX = 500;

/** Until when an agent has looked at each conversation, on this device. */
export class SeenTimes {
  private readonly stored: Stored;

  constructor(agent: string) {
    this.stored = new Stored(() => localStorage, `parley-demo-seen-${agent}`);
  }

  of(conversation: string): number {
    return this.read().get(conversation) ?? 0;
  }

  advance(conversation: string, timeMillis: number): boolean {
    const times = this.read();
    if (timeMillis <= (times.get(conversation) ?? 0)) {
      return false;
    }
    times.delete(conversation);
    times.set(conversation, timeMillis);
    this.stored.set(JSON.stringify([...times].slice(-CONVERSATIONS_MAX)));
    return true;
  }

  private read(): Map<string, number> {
    try {
      return new Map(JSON.parse(this.stored.get() ?? '[]') as [string, number][]);
    } catch {
      return new Map();
    }
  }
}
