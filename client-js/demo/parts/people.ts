import type { Author } from '../../src/index.ts';
import { Stored } from './stored.ts';

const PEOPLE_MAX = 500;

/** What agents are called whom this browser has met: the list of conversations says only who they are. */
export class People {
  private readonly stored = new Stored(() => localStorage, 'parley-demo-people');
  private readonly names: Map<string, string>;

  constructor() {
    this.names = read(this.stored);
  }

  met(authors: readonly Author[]): void {
    const news = authors.filter(
      ({ role, subject, name }) =>
        role !== 'VISITOR' && subject !== '' && name !== '' && this.names.get(subject) !== name,
    );
    if (news.length > 0) {
      for (const { subject, name } of news) {
        this.names.delete(subject);
        this.names.set(subject, name);
      }
      this.stored.set(JSON.stringify([...this.names].slice(-PEOPLE_MAX)));
    }
  }

  /** The subject of whom nobody met. */
  nameOf(subject: string): string {
    return this.names.get(subject) ?? subject;
  }
}

function read(stored: Stored): Map<string, string> {
  try {
    return new Map(JSON.parse(stored.get() ?? '[]') as [string, string][]);
  } catch {
    return new Map();
  }
}
