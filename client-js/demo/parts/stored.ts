/** A value in the browser's storage; where that is closed to the page, it lasts as long as the page. */
export class Stored {
  private current: string | undefined;

  constructor(
    private readonly storage: () => Storage,
    private readonly key: string,
  ) {}

  get(): string | undefined {
    try {
      return this.storage().getItem(this.key) ?? this.current;
    } catch {
      return this.current;
    }
  }

  set(value: string): void {
    this.current = value;
    try {
      this.storage().setItem(this.key, value);
    } catch {
      // The page has it.
    }
  }

  remove(): void {
    this.current = undefined;
    try {
      this.storage().removeItem(this.key);
    } catch {
      // Then nothing was stored.
    }
  }
}
